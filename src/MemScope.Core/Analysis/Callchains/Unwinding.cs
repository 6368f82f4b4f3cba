using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Callchains;

/// <summary>How a tool walked the stack: it decides which frames can be missing.</summary>
public enum Unwinder : byte
{
    /// <summary>Nothing tells.</summary>
    Unknown,

    /// <summary>By the chain of frame pointers: functions that set up no frame, libc's wrappers among them, hide their caller (bpftrace issue 646).</summary>
    FramePointers,

    /// <summary>By the unwinding tables of the files (.eh_frame), on the live stack or on a copy of it: no caller is left out.</summary>
    Tables,
}

/// <summary>How the stacks of a trace were walked, and what tells.</summary>
/// <param name="Unwinder">How.</param>
/// <param name="Reason">What tells, for a person.</param>
public readonly record struct Unwinding(Unwinder Unwinder, string Reason)
{
    /// <summary>
    /// Bytes behind <c>_start</c> to which __libc_start_main would return (it never does), by the builds of crt1.o for x86-64: with and without endbr64, with and without the two
    /// arguments that glibc 2.34 dropped (sysdeps/x86_64/start.S). A table walk of perf prints one byte less, a walk by frame pointers seldom gets there.
    /// </summary>
    private static readonly HashSet<ulong> StartReturns = [0x21, 0x25, 0x2a, 0x2e];

    /// <summary>Callers that must agree in their lowest bits before these say something: by chance they do once in 65,536 traces.</summary>
    private const int LeastCallers = 8;

    /// <summary>How the stacks of a trace were walked.</summary>
    public static Unwinding Of(Trace trace) => Of(trace.Tool, trace.Callchains, trace.Modules);

    /// <summary>How the stacks of a profile were walked.</summary>
    public static Unwinding Of(HeapProfile profile) => Of(profile.Tool, profile.Callchains, profile.Modules);

    private static Unwinding Of(string tool, IReadOnlyList<Callchain> callchains, IReadOnlyList<MappedModule> modules) => tool switch
    {
        "strace" => new Unwinding(Unwinder.Tables, "strace -k walks by unwinding tables"),
        "gdb" => new Unwinding(Unwinder.Tables, "gdb walks by debug information and unwinding tables"),
        "heaptrack" => new Unwinding(Unwinder.Tables, "heaptrack walks by libunwind"),
        "massif" or "memcheck" or "dhat" => new Unwinding(Unwinder.Tables, "valgrind walks by debug information and unwinding tables"),
        "bpftrace" or "memleak" => new Unwinding(Unwinder.FramePointers, "the kernel walks user stacks by frame pointers"),
        "perf" => OfPerf(callchains, modules),
        _ => new Unwinding(Unwinder.Unknown, "the file does not say how stacks were walked"),
    };

    /// <summary>
    /// perf walks either way, and its text does not say which. With <c>--call-graph dwarf</c> it takes one byte off each caller's address (tools/perf/util/unwind-libdw.c, unwind-libunwind-local.c)
    /// and records the mappings of data as well (builtin-record.c, record__parse_callchain); the kernel's walk by frame pointers does neither.
    /// </summary>
    private static Unwinding OfPerf(IReadOnlyList<Callchain> callchains, IReadOnlyList<MappedModule> modules)
    {
        var (adjusted, plain, inlined) = (0, 0, false);
        var callers = new HashSet<ulong>();
        foreach (var chain in callchains)
        {
            for (var i = 0; i < chain.Frames.Count; i++)
            {
                var frame = chain.Frames[i];
                inlined |= frame.Inlined;
                if (i == 0 || frame.AddressKind == FrameAddressKind.None || frame.Inlined || frame.Address == chain.Frames[0].Address) continue;
                callers.Add(frame.Address);
                if (frame is not { Function: "_start", FunctionOffset: { } distance }) continue;
                if (StartReturns.Contains(distance)) plain++;
                else if (StartReturns.Contains(distance + 1)) adjusted++;
            }
        }
        if (adjusted > plain) return new Unwinding(Unwinder.Tables, "the stacks reach _start at the address of its call less one, as perf prints after --call-graph dwarf");
        if (plain > 0) return new Unwinding(Unwinder.FramePointers, "the stacks reach _start at its return address, as the kernel's walk prints it");
        if (callers.Count >= LeastCallers && callers.All(a => a % 4 == 3)) return new Unwinding(Unwinder.Tables, "every caller's address is one byte before an instruction, as perf prints after --call-graph dwarf");
        if (callers.Count >= LeastCallers && callers.All(a => a % 4 == 0)) return new Unwinding(Unwinder.FramePointers, "every caller's address begins an instruction");
        if (ListsData(modules)) return new Unwinding(Unwinder.Tables, "perf listed mappings of data too, as it does for --call-graph dwarf");
        if (inlined && modules.Count == 0) return new Unwinding(Unwinder.Tables, "perf printed inlined calls, which older versions do after --call-graph dwarf only");
        return callchains.Count == 0 ? new Unwinding(Unwinder.Unknown, "there are no stacks") : new Unwinding(Unwinder.FramePointers, "nothing shows --call-graph dwarf");
    }

    /// <summary>Whether most files are listed with two mappings at different places of the file side by side: code alone gives one.</summary>
    private static bool ListsData(IReadOnlyList<MappedModule> modules)
    {
        var byPath = modules.Where(m => m.Path.StartsWith('/')).GroupBy(m => m.Path, StringComparer.Ordinal).ToList();
        return byPath.Count > 0 && byPath.Count(g => g.DistinctBy(m => m.FileOffset).Skip(2).Any()) * 2 > byPath.Count;
    }
}
