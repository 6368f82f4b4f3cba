namespace MemScope.Core.Analysis.Probes;

/// <summary>The process that a probe is made for, and where its result goes.</summary>
/// <param name="Pid">Process id on its host.</param>
/// <param name="ProcessId">Its id here: the result joins it by <c>?process=</c>.</param>
/// <param name="Server">Address of this server, without a slash at the end.</param>
public sealed record ProbeTarget(int Pid, Guid ProcessId, string Server)
{
    /// <summary>Short name, as hostile as any string of a capture.</summary>
    public string Comm { get; init; } = "";

    /// <summary>The host that the process is listed under, as hostile; empty when not known.</summary>
    public string Host { get; init; } = "";

    /// <summary>Paths of the mapped modules; empty when no snapshot tells them: then nothing is ruled out by them.</summary>
    public IReadOnlyList<string> Modules { get; init; } = [];

    /// <summary>Whether memory lies where Go's runtime puts its heap.</summary>
    public bool HasGoHeap { get; init; }

    /// <summary>Kernel release where a capture says it, or null.</summary>
    public string? Kernel { get; init; }

    /// <summary>Calls of mmap and munmap per second as a trace saw them, or null.</summary>
    public double? CallsPerSecond { get; init; }

    /// <summary>The setting of a remedy that a new run is to be started with (<c>UCX_MEM_MMAP_HOOK_MODE=none</c>, <c>-XX:+UseG1GC</c>), or null.</summary>
    public string? Setting { get; init; }
}

/// <summary>The next command to run on the host of the process.</summary>
/// <param name="Slug">Its stable name: <c>bpftrace</c>, <c>perf</c>, <c>strace</c>, <c>gdb</c>, <c>heaptrack</c> …</param>
/// <param name="Title">What it tells.</param>
/// <param name="Command">What to run, one or more lines for a POSIX shell.</param>
/// <param name="Upload">One line that sends its result into the same process, or of a run that it starts anew into that one's; empty when the command sends it itself.</param>
/// <param name="Risk">What it does to the process while it runs, in plain words.</param>
public sealed record Probe(string Slug, string Title, string Command, string Upload, string Risk)
{
    /// <summary>What must be there: the tool, root, tracefs; empty for nothing.</summary>
    public IReadOnlyList<string> Needs { get; init; } = [];

    /// <summary>Why this one for this process, or what would be better: the number of calls, a library that reacts to the tool.</summary>
    public string Why { get; init; } = "";
}
