namespace MemScope.Core.Analysis.Probes;

/// <summary>heaptrack, attached to the running process.</summary>
internal static class HeaptrackProbe
{
    /// <summary>What a heap profiler does not see here.</summary>
    public static string Blind(ProbeTarget target) => ProbeParts.HasUcx(target)
        ? " It sees malloc only: libucm in this process maps memory by system calls of its own, past every such hook."
        : " It sees malloc only, and nothing that is mapped past it.";

    /// <summary>The probe.</summary>
    public static ProbeKind Kind { get; } = new("heaptrack", ProbeParts.MayHaveGlibc, Make);

    private static Probe Make(ProbeTarget target)
    {
        var (pid, name) = (ProbeParts.Pid(target), $"memscope-heaptrack-{ProbeParts.Pid(target)}");
        // Ended by Ctrl-C, heaptrack 1.4 leaves a file that is cut: its compressor gets the signal too. Told to stop in the process, it writes the file to its end.
        var command =
            $"""
            heaptrack --output {name} --pid {pid} &
            sleep {ProbeParts.WatchSeconds}
            gdb --batch-silent -n -p {pid} -iex 'set auto-solib-add off' -ex 'sharedlibrary libheaptrack_inject' -ex 'call (void) heaptrack_stop()' -ex detach
            wait
            """;
        return new(Kind.Slug, $"Live blocks of malloc by callchain, for {ProbeParts.WatchSeconds} s", command, $"{ProbeParts.Curl(target)} --data-binary @\"$(ls -t {name}.* | head -n 1)\" {Shell.Quote(ProbeParts.Address(target, "heaptrack"))}",
            "Stops all threads for about a second and loads a library into the process by gdb, which stays there. Every malloc and free then takes some microseconds more and a lock: a program that allocates much runs two to five times slower. Attaching can crash a process: not for one that must live.")
        {
            Needs = ["heaptrack", "gdb", "the process's own user and kernel.yama.ptrace_scope 0, or root"],
            Why = "Whether the growth is live blocks of malloc, and whose. What was allocated before it attached is not seen." + Blind(target),
        };
    }
}
