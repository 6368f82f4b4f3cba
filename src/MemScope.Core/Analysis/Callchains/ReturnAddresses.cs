using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Callchains;

/// <summary>What the numbers are that a format prints for its frames. One table for all formats (their own sources; formats pages in docs/formats).</summary>
/// <param name="LeafIsBehind">Whether the leaf's number lies behind the instruction that was executed (a system call returns there), so that the call is one byte before it.</param>
/// <param name="CallersAreBehind">Whether a caller's number is the return address; else the tool took a byte off already.</param>
/// <param name="InModule">What a number inside a module is; <see cref="FrameAddressKind.InModule"/> where the tool's build decides (strace with libunwind or libdw).</param>
public readonly record struct FrameNumbers(bool LeafIsBehind, bool CallersAreBehind, FrameAddressKind InModule)
{
    /// <summary>The rule of a trace.</summary>
    public static FrameNumbers Of(Trace trace) => Of(trace.Tool, isTrace: true, () => Unwinding.Of(trace));

    /// <summary>The rule of a heap profile.</summary>
    public static FrameNumbers Of(HeapProfile profile) => Of(profile.Tool, isTrace: false, () => Unwinding.Of(profile));

    private static FrameNumbers Of(string tool, bool isTrace, Func<Unwinding> unwinding) => tool switch
    {
        // perf prints offsets into the file (map__map_ip); a sample's leaf is the instruction itself, that of a system call's tracepoint the one behind.
        "perf" => new FrameNumbers(isTrace, unwinding().Unwinder != Unwinder.Tables, FrameAddressKind.FileOffset),
        "strace" => new FrameNumbers(true, true, FrameAddressKind.InModule),
        // ustack(build_id) prints offsets into the file.
        "bpftrace" or "memleak" => new FrameNumbers(true, true, FrameAddressKind.FileOffset),
        // A breakpoint stops before its instruction.
        "gdb" => new FrameNumbers(false, true, FrameAddressKind.InModule),
        // Their leaf is a place inside the allocator; jeprof and pprof take a byte off all the others.
        "jemalloc-heap" or "heap-profile" => new FrameNumbers(false, true, FrameAddressKind.FileOffset),
        "pprof" => new FrameNumbers(false, false, FrameAddressKind.FileOffset),
        // heaptrack takes the byte off and subtracts the load bias; a sanitizer subtracts the module's base.
        "heaptrack" or "sanitizer" => new FrameNumbers(false, false, FrameAddressKind.LinkAddress),
        // valgrind takes the byte off when it walks.
        "massif" or "memcheck" or "dhat" => new FrameNumbers(false, false, FrameAddressKind.InModule),
        _ => new FrameNumbers(true, true, FrameAddressKind.InModule),
    };
}
