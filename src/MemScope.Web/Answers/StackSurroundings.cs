using MemScope.Core.Analysis.Categories;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Model;
using MemScope.Storage.Queries;

namespace MemScope.Web.Answers;

/// <summary>What the snapshots of a track say around the traces of a question. It keeps tables, not the track.</summary>
internal sealed record StackSurroundings
{
    /// <summary>Snapshots by which blocks end that a trace left behind: each costs a pass over the track.</summary>
    private const int MostEvidence = 8;

    /// <summary>Of a process without snapshots.</summary>
    public static StackSurroundings None { get; } = new();

    /// <summary>The part of the traces that the window asks for; the ends are null where the window names none.</summary>
    public TracedPart Part { get; init; } = new();

    /// <summary>The snapshot that tells what is resident: the window's last, or where it holds none, the next one behind it. Null without snapshots.</summary>
    public TrackPoint? At { get; init; }

    /// <summary>By row of <see cref="At"/> whether it lies in the region and category asked for; null when none was.</summary>
    public IReadOnlyList<bool>? Rows { get; init; }

    /// <summary>The addresses of the region and category asked for at <see cref="At"/>, or where the region lay when it was last seen; null when none was asked for.</summary>
    public IReadOnlyList<AddressRange>? Within { get; init; }

    /// <summary>First and last snapshot of the window, with the rows asked for; null when it holds fewer than two, or when they do not tell what is resident.</summary>
    public (TrackPoint From, IReadOnlyList<bool>? FromRows, TrackPoint To, IReadOnlyList<bool>? ToRows)? Ends { get; init; }

    /// <summary>Snapshots behind the first end of a trace and up to <see cref="At"/>, earliest first.</summary>
    public IReadOnlyList<TrackPoint> Evidence { get; init; } = [];

    /// <summary>What is around each trace.</summary>
    public IReadOnlyList<TraceSurroundings> Traces { get; init; } = [];

    /// <summary>Whether resident sizes are known.</summary>
    public bool HasRss => At?.Vmas.Has(Metric.Rss) is true;

    /// <summary>Looks around; null when the window names a snapshot that the track does not have.</summary>
    public static StackSurroundings? Of(Track track, StackQuestion question, CategoryOverrides overrides, IReadOnlyList<ReplayedTrace> traces, Region? region)
    {
        if (track.Points.Count == 0) return None;
        var asked = question.Window;
        var window = TrackWindow.Resolve(track, asked, overrides);
        if (window is null && (asked.From is not null || asked.To is not null)) return null;
        var part = new TracedPart
        {
            From = asked.FromTime ?? (asked.From is null ? null : window?.First.TakenAt),
            To = asked.ToTime ?? (asked.To is null ? null : window?.Last.TakenAt),
        };
        var at = window?.To ?? FirstAtOrAfter(track, asked.ToTime ?? asked.FromTime);
        var whole = new TrackWindow(track, 0, track.Points.Count - 1) { Overrides = overrides };
        var rows = RowsOf(whole, at, region, question.Category);
        return new StackSurroundings
        {
            Part = part,
            At = PointOf(track, at),
            Rows = rows,
            Within = rows is null ? null : region is not null && question.Category is null ? [track.NearestExtentOf(region, at).Range] : Ranges(track.VmasAt(at), rows),
            Ends = window is { From: var from, To: var to } && from < to && track.Has(from, Metric.Rss) && track.Has(to, Metric.Rss)
                ? (PointOf(track, from), RowsOf(whole, from, region, question.Category), PointOf(track, to), RowsOf(whole, to, region, question.Category)) : null,
            Evidence = EvidenceOf(track, traces, at),
            Traces = [.. traces.Select(t => TraceSurroundings.Of(track, t))],
        };
    }

    /// <summary>Index of the first point at or behind a time, else of the last one.</summary>
    internal static int FirstAtOrAfter(Track track, DateTimeOffset? time)
    {
        for (var i = 0; time is not null && i < track.Points.Count; i++) if (track.Points[i].TakenAt >= time) return i;
        return track.Points.Count - 1;
    }

    private static TrackPoint PointOf(Track track, int at) => new(track.Points[at].Number, track.Points[at].TakenAt, track.VmasAt(at));

    private static List<bool>? RowsOf(TrackWindow window, int at, Region? region, Category? category)
    {
        if (region is null && category is null) return null;
        var regions = window.Track.AliveAt(at);
        var categories = category is null ? null : window.CategoriesAt(at);
        var rows = new List<bool>(regions.Count);
        for (var row = 0; row < regions.Count; row++) rows.Add((region is null || regions[row].Id == region.Id) && (categories is null || categories[row].Category == category));
        return rows;
    }

    private static List<AddressRange> Ranges(VmaTable vmas, List<bool> rows)
    {
        var ranges = new List<AddressRange>();
        for (var row = 0; row < rows.Count; row++)
            if (rows[row]) ranges.Add(vmas[row].Range);
        return ranges;
    }

    private static List<TrackPoint> EvidenceOf(Track track, IReadOnlyList<ReplayedTrace> traces, int at)
    {
        if (traces.Min(t => t.Row.To) is not { } end) return [];
        var first = FirstAtOrAfter(track, end);
        if (track.Points[first].TakenAt < end || first > at) return [];
        var count = Math.Min(MostEvidence, at - first + 1);
        var points = new List<TrackPoint>(count);
        for (var i = 0; i < count; i++) points.Add(PointOf(track, count == 1 ? at : first + (int)((long)(at - first) * i / (count - 1))));
        return points;
    }
}
