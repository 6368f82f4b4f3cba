using System.Globalization;
using MemScope.Core.Formats.Strace;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Containers;

/// <summary>What was read of an upload so far, member by member.</summary>
internal sealed class PartList
{
    private readonly List<Part<Snapshot>> _snapshots = [];
    private readonly List<Part<SideFigures>> _figures = [];
    private readonly List<StraceSplitFiles.Part> _traces = [];
    private readonly List<HeapProfile> _profiles = [];
    private readonly List<PerfMap> _perfMaps = [];
    private readonly List<MappedModule> _modules = [];
    private readonly List<CaptureMember> _members = [];
    private readonly DiagnosticBag _diagnostics = new();
    private string? _format;
    private string _version = "";

    /// <summary>Adds the content of a file. A time in it stands; else the first of each kind takes the time of the file's name, then of its modification.</summary>
    /// <param name="parsed">What it held.</param>
    /// <param name="member">Its path in an archive, or null for the upload itself.</param>
    /// <param name="name">What its name tells.</param>
    /// <param name="modifiedAt">Modification time that the container gives, or null.</param>
    public void Add(ParsedCapture parsed, string? member, MemberName name, DateTimeOffset? modifiedAt)
    {
        _format = _format is null || _format == parsed.Format ? parsed.Format : "mixed";
        if (_version.Length == 0) _version = parsed.Version;
        if (member is not null) AddMember(member, parsed.Format);
        var (at, origin) = name.TakenAt is { } named ? (named, TimeOrigin.MemberName) : (modifiedAt, TimeOrigin.ModificationTime);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var snapshot in parsed.Snapshots)
        {
            var placed = snapshot with { Process = WithPid(snapshot.Process, name) };
            if (seen.Add(snapshot.Source.Text()))
                placed = placed with { SeriesNumber = name.Number, TakenAt = snapshot.TakenAt ?? at, TimeOrigin = snapshot.TakenAt is null ? origin : snapshot.TimeOrigin };
            _snapshots.Add(new Part<Snapshot>(placed, name.Folder));
        }
        foreach (var figures in parsed.Figures)
        {
            var placed = figures with { Process = WithPid(figures.Process, name) };
            if (seen.Add(figures.Kind + figures.Label))
                placed = placed with { SeriesNumber = name.Number, TakenAt = figures.TakenAt ?? at, TimeOrigin = figures.TakenAt is null ? origin : figures.TimeOrigin };
            _figures.Add(new Part<SideFigures>(placed, name.Folder));
        }
        if (parsed.Traces.Count > 0) _traces.AddRange(parsed.Traces.Select(t => new StraceSplitFiles.Part(Dated(t, name.TakenAt, modifiedAt) with { Process = WithPid(t.Process, name) }, member, parsed.ThreadBirths)));
        _profiles.AddRange(parsed.HeapProfiles.Select(p => Dated(p, name.TakenAt, modifiedAt) with { Process = WithPid(p.Process, name) }));
        _perfMaps.AddRange(parsed.PerfMaps.Select(m => m with { Process = WithPid(m.Process, name) }));
        _modules.AddRange(parsed.Modules);
        foreach (var diagnostic in parsed.Diagnostics) _diagnostics.Add(diagnostic with { Member = member });
        if (name.FilePid is { } shell && ToolFileName.IsOfShell(parsed.Format))
            Report(new ParseDiagnostic("CAPTURE005", Severity.Info, 0, string.Create(CultureInfo.InvariantCulture,
                $"{shell} in the file's name is the process id of heaptrack's shell script, not of the program, which began a little later. It is taken where nothing else names the process: send pid to place the profile beside the program's snapshots.")) { Member = member });
    }

    /// <summary>Notes a file of an archive.</summary>
    public void AddMember(string name, string format) => _members.Add(new CaptureMember(name, format));

    /// <summary>Adds a diagnostic about a member.</summary>
    public void Report(ParseDiagnostic diagnostic) => _diagnostics.Add(diagnostic);

    /// <summary>Everything, with the files of one snapshot joined.</summary>
    /// <exception cref="CaptureRefusedException">Nothing was read.</exception>
    public ParsedCapture Finish()
    {
        if (_format is null)
        {
            var reasons = string.Join(" ", _diagnostics.ToList().Take(3).Select(d => $"{d.Member}: {d.Text}"));
            throw new CaptureRefusedException(CaptureRefusal.Unreadable, "no-data", "The archive holds no file that could be read. " + reasons);
        }
        var (snapshots, figures) = SnapshotJoin.Apply(_snapshots, _figures, _diagnostics);
        var traces = _traces.Count == 0 ? [] : ModuleBuildIds.Apply(StraceSplitFiles.Join(_traces, _diagnostics), _modules);
        foreach (var trace in traces) Report(trace);
        return new ParsedCapture(_format, _version, snapshots, figures, traces, _diagnostics.ToList()) { HeapProfiles = _profiles, PerfMaps = _perfMaps, Modules = _modules, Members = _members };
    }

    // Times of day have no date: the file's own time has one.
    private static Trace Dated(Trace trace, DateTimeOffset? named, DateTimeOffset? modified)
    {
        if (trace is not { Clock: ClockDomain.WallTimeOfDay, Anchor: null, Events.Count: > 0 } || (named ?? modified) is not { } writtenAt) return trace;
        return trace with { Anchor = ClockAnchor.OfDay(trace.Events.Max(e => e.TimeNs), writtenAt, named is null ? ClockAnchorOrigin.ModificationTime : ClockAnchorOrigin.MemberName) };
    }

    private static HeapProfile Dated(HeapProfile profile, DateTimeOffset? named, DateTimeOffset? modified)
    {
        if (profile.Clock != ClockDomain.WallTimeOfDay || profile.Dumps.Count == 0 || (named ?? modified) is not { } writtenAt) return profile;
        var anchor = ClockAnchor.OfDay(profile.Dumps.Max(d => d.Time ?? 0), writtenAt, ClockAnchorOrigin.MemberName);
        var origin = named is null ? TimeOrigin.ModificationTime : TimeOrigin.MemberName;
        return profile with { Dumps = [.. profile.Dumps.Select(d => d.TakenAt is null && d.Time is { } time ? d with { TakenAt = anchor.WallOf(time), TimeOrigin = origin } : d)] };
    }

    private void Report(Trace trace)
    {
        if (trace.Clock is ClockDomain.None or ClockDomain.Wall || trace.Events.Count == 0) return;
        if (trace.Anchor is { } anchor)
            _diagnostics.Add("CLOCK002", Severity.Info, 0, $"The times of the trace by {trace.Tool} are placed on the time line by {anchor.Words}: {anchor.Sureness}.");
        else
            _diagnostics.Add("CLOCK001", Severity.Info, 0, $"Nothing in the file ties the clock of the trace by {trace.Tool} to wall time: it stands on the time line only where the upload says when its first event was (traceStart).");
    }

    private static ProcessHint WithPid(ProcessHint process, MemberName name) => process.Pid is not null ? process : name.Pid is not null ? process with { Pid = name.Pid } : process with { FilePid = name.FilePid };
}

/// <summary>A snapshot or side figures with the folder that they lay in.</summary>
internal sealed record Part<T>(T Content, string Folder);
