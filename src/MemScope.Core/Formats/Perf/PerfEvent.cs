using MemScope.Core.Formats.Strace;
using MemScope.Core.Formats.Text;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Perf;

/// <summary>What a sample of an event says.</summary>
internal enum PerfEventKind : byte
{
    /// <summary>Something happened (page-faults, cpu-clock, another tracepoint): its stacks are counted.</summary>
    Sample,
    /// <summary>A system call that does not concern the address space.</summary>
    OtherCall,
    /// <summary>A memory call begins: <c>syscalls:sys_enter_mmap</c>.</summary>
    Enter,
    /// <summary>A memory call ends: <c>syscalls:sys_exit_mmap</c>.</summary>
    Exit,
    /// <summary><c>raw_syscalls:sys_enter</c>: the number tells which call.</summary>
    RawEnter,
    /// <summary><c>raw_syscalls:sys_exit</c>.</summary>
    RawExit,
}

/// <summary>An event of a perf recording, by its name.</summary>
internal sealed class PerfEvent(string name, PerfEventKind kind, MemoryCall call)
{
    /// <summary>As printed, without the colon.</summary>
    public string Name { get; } = name;

    /// <summary>What its samples say.</summary>
    public PerfEventKind Kind { get; } = kind;

    /// <summary>The call, of <see cref="PerfEventKind.Enter"/> and <see cref="PerfEventKind.Exit"/>.</summary>
    public MemoryCall Call { get; } = call;

    /// <summary>Samples so far.</summary>
    public long Count { get; set; }

    /// <summary>Whether it is vfork, or clone3, which has its flags in memory and makes threads nearly always (pthread_create).</summary>
    public bool SharesMemory { get; private init; }

    /// <summary>The event of a name: <c>syscalls:sys_enter_mmap</c>, <c>page-faults:u</c>.</summary>
    public static PerfEvent Of(ReadOnlySpan<byte> name, NameTable names)
    {
        var text = names.Get(name);
        if (name.SequenceEqual("raw_syscalls:sys_enter"u8)) return new PerfEvent(text, PerfEventKind.RawEnter, MemoryCall.Other);
        if (name.SequenceEqual("raw_syscalls:sys_exit"u8)) return new PerfEvent(text, PerfEventKind.RawExit, MemoryCall.Other);
        if (name.StartsWith("syscalls:sys_enter_"u8)) return OfCall(text, name["syscalls:sys_enter_"u8.Length..], PerfEventKind.Enter);
        if (name.StartsWith("syscalls:sys_exit_"u8)) return OfCall(text, name["syscalls:sys_exit_"u8.Length..], PerfEventKind.Exit);
        return new PerfEvent(text, PerfEventKind.Sample, MemoryCall.Other);
    }

    private static PerfEvent OfCall(string text, ReadOnlySpan<byte> call, PerfEventKind kind)
    {
        call = call[..(call.IndexOf((byte)':') is >= 0 and var modifier ? modifier : call.Length)];
        if (call.SequenceEqual("newfork"u8)) call = "fork"u8;
        return StraceCall.TryKind(call, out var memoryCall) ? new PerfEvent(text, kind, memoryCall) { SharesMemory = call.SequenceEqual("clone3"u8) || call.SequenceEqual("vfork"u8) } : new PerfEvent(text, PerfEventKind.OtherCall, MemoryCall.Other);
    }

    /// <summary>
    /// Reads the fields of an enter tracepoint, which are hexadecimal whatever they mean: <c>addr: 0x00000000, len: 0x00010000, prot: 0x00000003, flags: 0x00000022, fd: 0xffffffff, off: 0x00000000</c>.
    /// False when one that counts has no number.
    /// </summary>
    public bool TryFields(ReadOnlySpan<byte> text, out TraceEvent memoryEvent, out ulong cloneFlags)
    {
        var fields = new MemoryCallFields();
        cloneFlags = SharesMemory ? StraceFlags.CloneVm : 0;
        var isWhole = true;
        text = text.Trim(" "u8);
        while (!text.IsEmpty)
        {
            var comma = text.IndexOf(", "u8);
            var field = comma < 0 ? text : text[..comma];
            text = comma < 0 ? default : text[(comma + 2)..];
            var colon = field.IndexOf(": "u8);
            if (colon <= 0) continue;
            var cursor = new ByteCursor(field[(colon + 2)..]);
            if (!cursor.TryNumber(out var value) || !cursor.Rest.Trim(" "u8).IsEmpty) isWhole = Call is MemoryCall.Exec or MemoryCall.Fork or MemoryCall.Other;
            else if (field[..colon].SequenceEqual("clone_flags"u8)) cloneFlags = value;
            else fields.Add(field[..colon], value);
        }
        memoryEvent = fields.ToEvent(Call);
        if (Call == MemoryCall.Other) memoryEvent = new TraceEvent { Call = Call };
        return isWhole && (fields.Count > 0 || Call is MemoryCall.Exec or MemoryCall.Fork or MemoryCall.Other);
    }

    /// <summary>Reads <c>0x7f9d016c8000</c> or <c>0x0</c> behind an exit tracepoint.</summary>
    public static bool TryResult(ReadOnlySpan<byte> text, out ulong result)
    {
        var cursor = new ByteCursor(text.Trim(" "u8));
        return cursor.TryNumber(out result) && cursor.IsAtEnd;
    }
}
