namespace MemScope.Core.Analysis.Probes;

/// <summary>The calls with stacks, recorded by perf.</summary>
internal static class PerfProbe
{
    // The most of the stack that perf takes is 65,528 bytes; 16 KiB hold the stacks of most servers.
    private const string CopiedStacks = "dwarf,16384";

    /// <summary>The calls that change an address space.</summary>
    public const string Calls = "mmap,munmap,mremap,brk,mprotect,madvise";

    /// <summary>The probe.</summary>
    public static ProbeKind Kind { get; } = new("perf", ProbeKind.Always, Make);

    private static Probe Make(ProbeTarget target)
    {
        var graph = CallRate.IsAbove(target, CallRate.ForCopiedStacks) ? "fp" : CopiedStacks;
        var (data, text, ids, archive, begun) = (ProbeParts.File(target, "perf", "data"), ProbeParts.File(target, "perf"), ProbeParts.File(target, "buildids"), ProbeParts.File(target, "perf", "tgz"), ProbeParts.File(target, "perf", "begun"));
        var events = string.Join(',', Calls.Split(',').Select(c => $"syscalls:sys_enter_{c},syscalls:sys_exit_{c}"));
        // perf's clock is not wall time: when it began stands beside it.
        var command =
            $"""
            date -u +%FT%TZ > {begun}
            perf record -q -k CLOCK_MONOTONIC -m 4096 -e {events} --call-graph {graph} -p {ProbeParts.Pid(target)} -o {data} -- sleep {ProbeParts.TraceSeconds}
            perf script -i {data} --show-mmap-events --show-task-events --show-lost-events > {text}
            perf buildid-list -i {data} > {ids}
            tar -czf {archive} {text} {ids}
            """;
        var isCopied = graph == CopiedStacks;
        return new(Kind.Slug, $"Who maps memory, with whole stacks, for {ProbeParts.TraceSeconds} s", command, ProbeParts.UploadBegun(target, archive, begun),
            isCopied
                ? "Copies 16 KiB of the stack twice per call of mmap and the like: some 10 microseconds for each. The file grows by that much too; nothing is stopped."
                : "Adds some microseconds to each call of mmap and the like. The file grows by about 1 KB per call; nothing is stopped.")
        {
            Needs = ["perf of the running kernel", "root (a root shell)", "tracefs"],
            Why = CallRate.Words(target) + (isCopied
                ? "Copied stacks show the caller of libc's wrapper and code without frame pointers, which bpftrace cannot. At more than 1,000 calls per second perf loses some of them; it says how many."
                : "At that rate copying stacks would lose events, so frame pointers are followed: the caller of libc's wrapper is missing.") + " Build ids come along, so names are found later by them.",
        };
    }
}
