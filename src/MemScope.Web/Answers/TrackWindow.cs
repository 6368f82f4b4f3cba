using MemScope.Core.Analysis.Categories;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Heap;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>A part of a track: points <paramref name="From"/> to <paramref name="To"/>, both counted.</summary>
internal readonly record struct TrackWindow(Track Track, int From, int To)
{
    /// <summary>Categories that go before those of the rules.</summary>
    public CategoryOverrides Overrides { get; init; } = CategoryOverrides.None;

    /// <summary>How many points.</summary>
    public int Count => To - From + 1;

    /// <summary>First snapshot.</summary>
    public TrackInstant First => Track.Points[From];

    /// <summary>Last snapshot.</summary>
    public TrackInstant Last => Track.Points[To];

    /// <summary>Whether it is the whole track.</summary>
    public bool IsWhole => From == 0 && To == Track.Points.Count - 1;

    /// <summary>Whether the source prints RSS.</summary>
    public bool HasRss => Track.Has(To, Metric.Rss);

    /// <summary>The window that a state asks for; null when it names a snapshot that is not in the track or a time span without one. The ends may come in either order. <paramref name="overrides"/> are the state's as they hold in this track.</summary>
    public static TrackWindow? Resolve(Track track, WindowState state, CategoryOverrides overrides)
    {
        var last = track.Points.Count - 1;
        if (last < 0) return null;
        var from = state.From is { } first ? track.IndexOfNumber(first) : IndexFrom(track, state.FromTime);
        var to = state.To is { } number ? track.IndexOfNumber(number) : IndexTo(track, state.ToTime);
        if (from < 0 || to < 0 || from > last) return null;
        if (from <= to) return new TrackWindow(track, from, to) { Overrides = overrides };
        return state.FromTime is null && state.ToTime is null ? new TrackWindow(track, to, from) { Overrides = overrides } : null;
    }

    /// <summary>What kind of memory a region is in this view.</summary>
    public CategoryAssignment AssignmentOf(Region region) => Overrides.Apply(region, region.Assignment);

    /// <summary>What kind of memory the rows of a point are in this view.</summary>
    public IReadOnlyList<CategoryAssignment> CategoriesAt(int at) => Overrides.Apply(Track.AliveAt(at), Track.CategoriesAt(at));

    /// <summary>For the wire.</summary>
    public WindowWire ToWire() =>
        new(Track.Source.Text(), First.Number, Last.Number, First.TakenAt, Last.TakenAt, Count, IsWhole) { LeftOutSnapshots = Track.LeftOut };

    /// <summary>Seconds of each point since the window's first.</summary>
    public double[] Seconds()
    {
        var seconds = new double[Count];
        for (var i = 0; i < seconds.Length; i++) seconds[i] = (Track.Points[From + i].TakenAt - First.TakenAt).TotalSeconds;
        return seconds;
    }

    /// <summary>The part of a series over the track that lies in the window.</summary>
    public ReadOnlySpan<double> Slice(double[] series) => series.AsSpan(From, Count);

    /// <summary>How a series over the track grows in the window.</summary>
    public GrowthMeasure Measure(double[] series) => GrowthFit.Measure(Seconds(), Slice(series));

    /// <summary>Which form a series over the track has in the window.</summary>
    public GrowthShape Shape(double[] series) => GrowthFit.Shape(Seconds(), Slice(series));

    /// <summary>RSS over the whole track, whatever the window: a heap profile is placed in time by all of it. Points without RSS are left out.</summary>
    public IReadOnlyList<HeapMoment> RssOfTrack()
    {
        var rss = TrackSeries.Total(Track, Metric.Rss);
        var moments = new List<HeapMoment>(rss.Length);
        for (var at = 0; at < rss.Length; at++)
            if (double.IsFinite(rss[at])) moments.Add(new HeapMoment(Track.Points[at].TakenAt, (long)rss[at]));
        return moments;
    }

    private static int IndexFrom(Track track, DateTimeOffset? time)
    {
        if (time is null) return 0;
        var i = 0;
        while (i < track.Points.Count && track.Points[i].TakenAt < time) i++;
        return i;
    }

    private static int IndexTo(Track track, DateTimeOffset? time)
    {
        var i = track.Points.Count - 1;
        while (time is not null && i >= 0 && track.Points[i].TakenAt > time) i--;
        return i;
    }
}
