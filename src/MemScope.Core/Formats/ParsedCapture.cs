using MemScope.Core.Model;

namespace MemScope.Core.Formats;

/// <summary>What one input file held. Parsers return what they understood and say what they did not; nothing is dropped silently.</summary>
/// <param name="Format">Slug of the format: <c>smaps</c>, <c>strace</c> …; of an archive the slug of its members, or <c>mixed</c>.</param>
/// <param name="Version">What could be told of the tool's or layout's version, or empty.</param>
/// <param name="Snapshots">In the order of the file.</param>
/// <param name="Figures">Figures of the process, of what it lives in, or of its allocator.</param>
/// <param name="Traces">Traces.</param>
/// <param name="Diagnostics">What was skipped, cut or looked wrong.</param>
public sealed record ParsedCapture(string Format, string Version, IReadOnlyList<Snapshot> Snapshots, IReadOnlyList<SideFigures> Figures, IReadOnlyList<Trace> Traces,
    IReadOnlyList<ParseDiagnostic> Diagnostics)
{
    /// <summary>A file of which nothing could be used.</summary>
    public static ParsedCapture Nothing(string format, params ParseDiagnostic[] diagnostics) => new(format, "", [], [], [], diagnostics);

    /// <summary>Heap profiles.</summary>
    public IReadOnlyList<HeapProfile> HeapProfiles { get; init; } = [];

    /// <summary>Names of code that a JIT wrote.</summary>
    public IReadOnlyList<PerfMap> PerfMaps { get; init; } = [];

    /// <summary>Modules that the file names by their build ids, without saying where they are mapped (perf buildid-list).</summary>
    public IReadOnlyList<MappedModule> Modules { get; init; } = [];

    /// <summary>strace: the clones of the trace, by which the files of one run with -ff are joined.</summary>
    internal IReadOnlyList<Strace.ThreadBirth> ThreadBirths { get; init; } = [];

    /// <summary>The files of an archive, in its order; empty when the upload is no archive.</summary>
    public IReadOnlyList<CaptureMember> Members { get; init; } = [];

    /// <summary>What each part says of its process.</summary>
    public IEnumerable<ProcessHint> Processes =>
        Snapshots.Select(s => s.Process).Concat(Figures.Select(f => f.Process)).Concat(Traces.Select(t => t.Process)).Concat(HeapProfiles.Select(p => p.Process)).Concat(PerfMaps.Select(m => m.Process));

    /// <summary>Whether there is no model data at all.</summary>
    public bool IsEmpty => Snapshots.Count == 0 && Figures.Count == 0 && Traces.Count == 0 && HeapProfiles.Count == 0 && PerfMaps.Count == 0 && Modules.Count == 0;

    /// <summary>A file of one heap profile.</summary>
    public static ParsedCapture Of(string format, string version, HeapProfile profile, IReadOnlyList<ParseDiagnostic> diagnostics) => new(format, version, [], [], [], diagnostics) { HeapProfiles = [profile] };

    /// <summary>A file of figures.</summary>
    public static ParsedCapture Of(string format, string version, IReadOnlyList<SideFigures> figures, IReadOnlyList<ParseDiagnostic> diagnostics) => new(format, version, [], figures, [], diagnostics);
}

/// <summary>What a parser is given beside the text.</summary>
/// <param name="Limits">Caps.</param>
public sealed record ParseOptions(Limits Limits)
{
    /// <summary>Names decoded so far; the members of an archive share one, for they repeat the same paths.</summary>
    public Text.NameTable Names { get; init; } = new();

    /// <summary>Name of the file as sent, or its path in the archive; null when it has none. Only for what the text itself does not tell: whose it is, which of several it is.</summary>
    public string? FileName { get; init; }
}
