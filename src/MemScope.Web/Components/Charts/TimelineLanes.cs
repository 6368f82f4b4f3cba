using MemScope.Web.Components.Elements;
using MemScope.Web.Notes;
using MemScope.Web.Wire;

namespace MemScope.Web.Components.Charts;

/// <summary>What stands under a chart of memory: when snapshots were taken, when somebody traced, since when a finding holds, what people wrote.</summary>
public static class TimelineLanes
{
    /// <summary>Notes whose first lines are told when a mark stands for several.</summary>
    private const int MostTold = 4;

    /// <summary>The lanes that have a mark, from the top.</summary>
    /// <param name="links">Where marks lead, or null in a frozen view.</param>
    /// <param name="overview">The figures that the marks are of, or null.</param>
    /// <param name="findings">What the judge says, or null.</param>
    /// <param name="notes">What people wrote.</param>
    public static IReadOnlyList<TimelineLane> Of(ViewLinks? links, OverviewWire? overview, FindingsWire? findings, IReadOnlyList<NoteWire> notes)
    {
        ArgumentNullException.ThrowIfNull(notes);
        TimelineLane[] lanes =
        [
            new("snapshots", overview?.Timeline is { } line ? [.. line.Runs.Select(r => Run(links, r, line))] : []) { Href = links?.Overview(links.Window.Whole) },
            new("traces", overview is null ? [] : [.. overview.Traces.Where(t => t is { From: not null, To: not null }).Select(t => Trace(links, t))]) { Href = links?.Trace(), Rows = 2 },
            new("findings", overview is null || findings is null ? [] : [.. findings.Items.Where(f => f.Verdict != "refuted").Select(f => Finding(links, f, overview)).OfType<TimelineMark>()])
                { Href = links is null ? null : Urls.Findings(links.Process, links.Window), Rows = 3 },
            new("notes", [.. notes.Select(n => Note(links, n))]) { Href = links is null ? null : Urls.Notes(links.Process, links.Window), HasMoments = true },
        ];
        return [.. lanes.Where(l => l.Marks.Count > 0)];
    }

    /// <summary>What a place is called beside its mark.</summary>
    public static string LabelOf(TimelineLane lane, TimelinePlace place) => place.Marks.Count == 1 ? place.Marks[0].Label : $"{Format.Count(place.Marks.Count)} {lane.Slug}";

    /// <summary>What a place stands for, in full.</summary>
    public static string WordsOf(TimelineLane lane, TimelinePlace place)
    {
        if (place.Marks.Count == 1) return place.Marks[0].Words;
        var told = string.Join("; ", place.Marks.Take(MostTold).Select(m => m.Words));
        var left = place.Marks.Count - MostTold;
        return $"{LabelOf(lane, place)}: {told}{(left > 0 ? $"; and {Format.Count(left)} more" : "")}";
    }

    private static TimelineMark Run(ViewLinks? links, SnapshotRunWire run, TimelineWire line)
    {
        var isAll = run.From == line.From && run.To == line.To;
        var whole = links?.Window.Whole;
        var window = whole is null || isAll ? whole : whole with { From = run.Snapshots == 1 ? null : run.FromNumber, To = run.ToNumber };
        var words = run.Snapshots == 1 ? $"Snapshot #{run.ToNumber} of {Format.Clock(run.To)}" : $"{Format.Of(run.Snapshots, "snapshot")}, #{run.FromNumber} to #{run.ToNumber}, {Between(run.From, run.To)}";
        return new TimelineMark("", run.From, run.To, words) { Href = window is null ? null : links!.Overview(window) };
    }

    private static TimelineMark Trace(ViewLinks? links, TraceWire trace) =>
        new(TraceTable.Name(trace), trace.From!.Value, trace.To!.Value, $"Trace {TraceTable.Name(trace)}, {Format.Of(trace.Events, "event")}, {Between(trace.From.Value, trace.To.Value)}{(trace.Losses.Count > 0 ? ", lossy" : "")}")
        {
            Href = links?.Trace(trace.Id),
        };

    /// <summary>From where memory began to grow to the window's end; a finding that does not grow stands where its traces ran. Null where neither is known.</summary>
    private static TimelineMark? Finding(ViewLinks? links, FindingWire finding, OverviewWire overview)
    {
        var label = $"{finding.Rule} {finding.Name}";
        var href = links is null ? null : Urls.Finding(links.Process, finding.Rule, links.Window);
        if (finding.RssBytesPerSecond > 0 && overview.Window.Snapshots > 1)
        {
            var began = Began(overview);
            return new TimelineMark(label, began, overview.Window.To, $"{label}, {finding.Verdict}: memory grows since {Format.Clock(began)}. {finding.Title}") { Href = href };
        }
        var ids = finding.Evidence.Select(e => e.Source?.TraceId).OfType<Guid>().ToHashSet();
        var traces = overview.Traces.Where(t => ids.Contains(t.Id) && t is { From: not null, To: not null }).ToList();
        var (from, to) = traces.Count > 0 ? (traces.Min(t => t.From!.Value), traces.Max(t => t.To!.Value)) : (overview.Window.From, overview.Window.To);
        return new TimelineMark(label, from, to, $"{label}, {finding.Verdict}: by what was seen {Between(from, to)}. {finding.Title}") { Href = href };
    }

    /// <summary>Where the growth of the window began: where its slope last rose, else behind the warm-up, else at its first snapshot.</summary>
    private static DateTimeOffset Began(OverviewWire overview) =>
        overview.Total.ChangePoints.LastOrDefault(c => c.AfterPerSecond > Math.Max(0, c.BeforePerSecond) && c.BeforePerSecond < c.AfterPerSecond / 4)?.At ?? overview.Total.WarmUpUntil ?? overview.Window.From;

    private static TimelineMark Note(ViewLinks? links, NoteWire note)
    {
        var line = (note.Author is { } author ? $"{author}: " : "") + NoteText.FirstLine(note.Text);
        var id = IdOf(note);
        return new TimelineMark(line, note.At, note.To ?? note.At, $"{Format.Clock(note.At)} {line}") { Target = id, Href = links is null ? null : $"{Urls.Overview(links.Process, links.Window)}#{id}" };
    }

    /// <summary>Id of the element that shows a note in full.</summary>
    public static string IdOf(NoteWire note)
    {
        ArgumentNullException.ThrowIfNull(note);
        return $"note-{note.Id:N}";
    }

    private static string Between(DateTimeOffset from, DateTimeOffset to) => $"{Format.Clock(from)} to {Format.Clock(to)}";
}
