using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Perf;

/// <summary>
/// System calls by their number, as the raw tracepoints print them (include/trace/events/syscalls.h). Arguments are hexadecimal without 0x, the result is decimal:
/// <code>
/// raw_syscalls:sys_enter: NR 9 (0, 18000, 3, 22, ffffffff, 0)
/// raw_syscalls:sys_exit: NR 9 = 140312345677824
/// </code>
/// The numbers are those of x86-64 (arch/x86/entry/syscalls/syscall_64.tbl): the text does not say which machine it comes from.
/// </summary>
internal static class PerfRawCall
{
    private const int Arguments = 4;

    /// <summary>Reads the beginning of a call.</summary>
    /// <param name="text">What stands behind the event's name.</param>
    /// <param name="memoryEvent">The call with its arguments, where it concerns the address space.</param>
    /// <param name="cloneFlags">Of clone its flags.</param>
    /// <returns>False when the text is not of that form; true and a call of <see cref="MemoryCall.Other"/> for the calls that do not concern the address space.</returns>
    public static bool TryEnter(ReadOnlySpan<byte> text, out TraceEvent memoryEvent, out ulong cloneFlags)
    {
        memoryEvent = default;
        cloneFlags = 0;
        if (!TryNumber(ref text, out var number)) return false;
        Span<ulong> a = stackalloc ulong[Arguments];
        var cursor = new ByteCursor(text.TrimStart(" "u8));
        if (!cursor.TrySkip("("u8)) return false;
        for (var i = 0; i < Arguments; i++)
        {
            if (!cursor.TryHex(out a[i]) || (i < Arguments - 1 && !cursor.TrySkip(", "u8))) return false;
        }
        var call = CallOf(number);
        memoryEvent = call switch
        {
            MemoryCall.Mmap => new TraceEvent { Call = call, Address = a[0], Length = a[1], Protection = a[2], Flags = a[3] },
            MemoryCall.Mremap => new TraceEvent { Call = call, Address = a[0], OldLength = a[1], Length = a[2], Flags = a[3] },
            MemoryCall.Munmap => new TraceEvent { Call = call, Address = a[0], Length = a[1] },
            MemoryCall.Mprotect or MemoryCall.Madvise => new TraceEvent { Call = call, Address = a[0], Length = a[1], Protection = a[2] },
            MemoryCall.Brk => new TraceEvent { Call = call, Address = a[0] },
            _ => new TraceEvent { Call = call },
        };
        // vfork and clone3 (whose flags are in memory) share the address space.
        cloneFlags = number switch { 56 => a[0], 58 or 435 => Strace.StraceFlags.CloneVm, _ => 0 };
        return true;
    }

    /// <summary>Reads the end of a call.</summary>
    public static bool TryExit(ReadOnlySpan<byte> text, out MemoryCall call, out ulong result)
    {
        (call, result) = (MemoryCall.Other, 0);
        if (!TryNumber(ref text, out var number)) return false;
        var cursor = new ByteCursor(text.Trim(" "u8));
        call = CallOf(number);
        return cursor.TrySkip("= "u8) && cursor.TryNumber(out result) && cursor.IsAtEnd;
    }

    private static bool TryNumber(ref ReadOnlySpan<byte> text, out ulong number)
    {
        number = 0;
        var cursor = new ByteCursor(text.TrimStart(" "u8));
        if (!cursor.TrySkip("NR "u8) || !cursor.TryNumber(out number)) return false;
        text = cursor.Rest;
        return true;
    }

    private static MemoryCall CallOf(ulong number) => number switch
    {
        9 => MemoryCall.Mmap,
        10 or 329 => MemoryCall.Mprotect,
        11 => MemoryCall.Munmap,
        12 => MemoryCall.Brk,
        25 => MemoryCall.Mremap,
        28 => MemoryCall.Madvise,
        56 or 57 or 58 or 435 => MemoryCall.Fork,
        59 or 322 => MemoryCall.Exec,
        _ => MemoryCall.Other,
    };
}
