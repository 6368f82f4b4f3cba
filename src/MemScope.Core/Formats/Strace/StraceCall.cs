using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Strace;

/// <summary>Reads the calls themselves: names, arguments, results.</summary>
internal static class StraceCall
{
    /// <summary>The call of a name; false when it is no business of the address space. clone in all its forms is <see cref="MemoryCall.Fork"/>.</summary>
    public static bool TryKind(ReadOnlySpan<byte> name, out MemoryCall call)
    {
        call = CallOf(name);
        return call != MemoryCall.Other || IsOtherMemoryCall(name);
    }

    /// <summary>Reads the arguments into an event; false when the numbers that a replay needs are missing or unreadable.</summary>
    /// <param name="call">Which call.</param>
    /// <param name="name">Its name as printed.</param>
    /// <param name="text">What stands behind the opening parenthesis.</param>
    /// <param name="memoryEvent">Completed when this returns true.</param>
    /// <param name="unknownFlag">Whether a flag had a name that is not known.</param>
    public static bool TryArguments(MemoryCall call, ReadOnlySpan<byte> name, ReadOnlySpan<byte> text, ref TraceEvent memoryEvent, out bool unknownFlag)
    {
        unknownFlag = false;
        ulong protection = 0, flags = 0, oldLength = 0, length = 0;
        // The old mmap of 32-bit programs has its arguments in memory, which some versions show: old_mmap({NULL, 4096, …}).
        var arguments = new StraceArguments(call == MemoryCall.Mmap && text.StartsWith("{"u8) ? text[1..] : text);
        if (call is MemoryCall.Exec or MemoryCall.Fork) return true;
        if (call == MemoryCall.Other || name.StartsWith("process_"u8))
        {
            // The first two are an address and a length for some of these calls only.
            return true;
        }
        if (!arguments.TryNumber(out var address)) return false;
        if (call != MemoryCall.Brk && !arguments.TryNumber(out length)) return false;
        if (call == MemoryCall.Mremap)
        {
            oldLength = length;
            if (!arguments.TryNumber(out length)) return false;
        }
        if (call is MemoryCall.Mmap or MemoryCall.Mprotect or MemoryCall.Madvise) unknownFlag = !StraceFlags.TryParse(arguments.Next(), out protection);
        if (call is MemoryCall.Mmap or MemoryCall.Mremap) unknownFlag |= !StraceFlags.TryParse(arguments.Next(), out flags);
        memoryEvent = memoryEvent with { Address = address, Length = length, OldLength = oldLength, Protection = protection, Flags = flags };
        return true;
    }

    /// <summary>
    /// Reads the result behind the last <c>" = "</c>: <c>= 0x7f48fe30d000 &lt;0.000056&gt;</c>, <c>= -1 EEXIST (File exists)</c>, <c>= ?</c>. Without one the call never returned.
    /// </summary>
    public static TraceEvent WithResult(TraceEvent memoryEvent, ReadOnlySpan<byte> text)
    {
        var at = text.LastIndexOf(" = "u8);
        if (at < 0) return memoryEvent;
        var cursor = new ByteCursor(text[(at + 3)..]);
        var negative = cursor.Next == '-';
        if (!cursor.TryNumber(out var result)) return memoryEvent;
        if (cursor.TrySkip(" /* "u8) && cursor.TryDecimal(out var outside) && cursor.Rest.StartsWith(" in strace's PID NS"u8)) result = outside;
        // brk returns the old break when it cannot move it (brk(2), the system call as against the library function).
        var refused = memoryEvent.Call == MemoryCall.Brk && memoryEvent.Address != 0 && memoryEvent.Address != result;
        return memoryEvent with { HasResult = true, Result = result, Failed = negative || refused };
    }

    /// <summary>CLONE_VM and CLONE_THREAD of a clone; vfork shares the memory as CLONE_VM does, fork does not.</summary>
    public static ulong CloneFlags(ReadOnlySpan<byte> name, ReadOnlySpan<byte> text)
    {
        if (name.SequenceEqual("vfork"u8)) return StraceFlags.CloneVm;
        if (!name.StartsWith("clone"u8)) return 0;
        ulong flags = 0;
        var at = text.IndexOf("flags=0x"u8);
        if (at >= 0 && new ByteCursor(text[(at + 6)..]).TryNumber(out var number)) flags = number;
        if (text.IndexOf("CLONE_VM"u8) >= 0) flags |= StraceFlags.CloneVm;
        if (text.IndexOf("CLONE_THREAD"u8) >= 0) flags |= StraceFlags.CloneThread;
        return flags;
    }

    private static MemoryCall CallOf(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("mmap"u8) || name.SequenceEqual("mmap2"u8) || name.SequenceEqual("old_mmap"u8) ? MemoryCall.Mmap
        : name.SequenceEqual("munmap"u8) ? MemoryCall.Munmap
        : name.SequenceEqual("mremap"u8) ? MemoryCall.Mremap
        : name.SequenceEqual("brk"u8) ? MemoryCall.Brk
        : name.SequenceEqual("mprotect"u8) || name.SequenceEqual("pkey_mprotect"u8) ? MemoryCall.Mprotect
        : name.SequenceEqual("madvise"u8) || name.SequenceEqual("process_madvise"u8) ? MemoryCall.Madvise
        : name.SequenceEqual("execve"u8) || name.SequenceEqual("execveat"u8) ? MemoryCall.Exec
        : name.SequenceEqual("clone"u8) || name.SequenceEqual("clone3"u8) || name.SequenceEqual("fork"u8) || name.SequenceEqual("vfork"u8) ? MemoryCall.Fork
        : MemoryCall.Other;

    private static bool IsOtherMemoryCall(ReadOnlySpan<byte> name) =>
        name.StartsWith("mlock"u8) || name.StartsWith("munlock"u8) || name.StartsWith("shm"u8) || name.SequenceEqual("remap_file_pages"u8)
        || name.SequenceEqual("msync"u8) || name.SequenceEqual("mincore"u8) || name.SequenceEqual("mbind"u8) || name.SequenceEqual("mseal"u8)
        || name.EndsWith("_mempolicy"u8) || name.EndsWith("_pages"u8) || name.SequenceEqual("memfd_create"u8) || name.SequenceEqual("map_shadow_stack"u8);
}
