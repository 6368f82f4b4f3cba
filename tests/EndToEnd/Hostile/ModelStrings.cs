using MemScope.Core.Formats;
using MemScope.Core.Model;

namespace MemScope.EndToEnd.Tests.Hostile;

/// <summary>What a string of a capture is.</summary>
internal enum FieldKind
{
    /// <summary>Name of a mapping.</summary>
    Mapping,
    /// <summary>File that code of a frame lies in.</summary>
    Module,
    /// <summary>Function of a frame, or name of code that a JIT wrote.</summary>
    Function,
    /// <summary>Source file of a frame.</summary>
    File,
    /// <summary>Name of the process.</summary>
    Comm,
    /// <summary>Its command line.</summary>
    Command,
    /// <summary>What figures or a dump of a heap are called.</summary>
    Label,
    /// <summary>What one figure is called.</summary>
    Key,
    /// <summary>How a heap profiler sorted a site: by allocator, by record.</summary>
    Site,
    /// <summary>What a tracer said that it lost.</summary>
    Loss,
    /// <summary>A build id.</summary>
    BuildId,
    /// <summary>A line that a parser quotes because it could not read it.</summary>
    Remark,
}

/// <summary>Every string that a parsed capture holds, by what it is.</summary>
internal static class ModelStrings
{
    /// <summary>All, repeats too.</summary>
    public static IEnumerable<(FieldKind Kind, string Text)> Of(ParsedCapture parsed) => All(parsed).Where(s => !string.IsNullOrEmpty(s.Text)).Select(s => (s.Kind, s.Text!));

    private static IEnumerable<(FieldKind Kind, string? Text)> All(ParsedCapture parsed) =>
    [
        .. parsed.Snapshots.SelectMany(s => Enumerable.Range(0, s.Vmas.Count).Select(i => (FieldKind.Mapping, (string?)s.Vmas[i].Name))),
        .. parsed.Processes.SelectMany(p => new[] { (FieldKind.Comm, p.Comm), (FieldKind.Command, p.CommandLine) }),
        .. parsed.Figures.SelectMany(f => f.Bytes.Keys.Concat(f.Counts.Keys).Select(k => (FieldKind.Key, (string?)k)).Append((FieldKind.Label, f.Label))),
        .. parsed.Traces.SelectMany(t => Of(t.Losses).Concat(Of(t.Modules)).Concat(Of(t.Callchains))),
        .. parsed.HeapProfiles.SelectMany(p => Of(p.Losses).Concat(Of(p.Modules)).Concat(Of(p.Callchains)).Concat(p.Dumps.SelectMany(d => d.Sites.Select(s => (FieldKind.Site, (string?)s.Kind)).Append((FieldKind.Label, d.Label))))),
        .. parsed.PerfMaps.SelectMany(m => m.Entries.Select(e => (FieldKind.Function, (string?)e.Name))),
        .. Of(parsed.Modules),
        .. parsed.Diagnostics.Select(d => (FieldKind.Remark, (string?)d.Text)),
    ];

    private static IEnumerable<(FieldKind, string?)> Of(IEnumerable<TraceLoss> losses) => losses.Select(l => (FieldKind.Loss, (string?)l.Text));

    private static IEnumerable<(FieldKind, string?)> Of(IEnumerable<MappedModule> modules) => modules.SelectMany(m => new[] { (FieldKind.Module, (string?)m.Path), (FieldKind.BuildId, m.BuildId) });

    private static IEnumerable<(FieldKind, string?)> Of(IEnumerable<Callchain> callchains) =>
        callchains.SelectMany(c => c.Frames).SelectMany(f => new[] { (FieldKind.Module, f.Module), (FieldKind.Function, f.Function), (FieldKind.File, f.File), (FieldKind.BuildId, f.BuildId) });
}
