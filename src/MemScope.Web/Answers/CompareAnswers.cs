using System.Globalization;
using MemScope.Core.Analysis.Diff;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Proof;
using MemScope.Core.Model;
using MemScope.Storage.Queries;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>
/// One side of a comparison. As text, in addresses and queries: <c>PROCESS</c>, <c>PROCESS:SNAPSHOT</c> or <c>PROCESS:FROM-SNAPSHOT</c>. The snapshot is the one that is compared, by default the last;
/// growth is measured from <c>FROM</c>, by default the first, up to it.
/// </summary>
/// <param name="Process">The process.</param>
/// <param name="Source">Track, or null for the richest.</param>
/// <param name="From">First snapshot of the window, or null.</param>
/// <param name="To">The snapshot that is compared, or null.</param>
public sealed record CompareSide(Guid Process, string? Source = null, int? From = null, int? To = null)
{
    /// <summary>Categories that the user gave, or null; they belong to both sides and are not part of the text of one.</summary>
    public string? As { get; init; }

    /// <summary>The side of a text, or null when it is none.</summary>
    public static CompareSide? Parse(string? text, string? source)
    {
        if (string.IsNullOrEmpty(text)) return null;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (!Guid.TryParse(colon < 0 ? text : text[..colon], out var process)) return null;
        var side = new CompareSide(process, string.IsNullOrEmpty(source) ? null : source);
        if (colon < 0) return side;
        return text[(colon + 1)..].Split('-') switch
        {
            [var to] when Number(to) is { } last => side with { To = last },
            [var from, ""] when Number(from) is { } first => side with { From = first },
            [var from, var to] when Number(from) is { } first && Number(to) is { } last => side with { From = first, To = last },
            _ => null,
        };
    }

    /// <summary>The text of the side; its source stands beside it.</summary>
    public override string ToString() => (From, To) switch
    {
        (null, null) => $"{Process}",
        (null, { } to) => string.Create(CultureInfo.InvariantCulture, $"{Process}:{to}"),
        ({ } from, null) => string.Create(CultureInfo.InvariantCulture, $"{Process}:{from}-"),
        ({ } from, { } to) => string.Create(CultureInfo.InvariantCulture, $"{Process}:{from}-{to}"),
    };

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

/// <summary>A comparison, or what is missing for it.</summary>
/// <param name="Answer">The answer, or null.</param>
/// <param name="Missing">What does not exist and what to do, where there is no answer.</param>
public sealed record Compared<T>(T? Answer, string Missing = "")
    where T : class;

/// <summary>Differences of two processes, runs, hosts, or sources of one process.</summary>
public sealed class CompareAnswers(ProcessTracks tracks, SnapshotQuery snapshots, Assessments assessments)
{
    private const int CurvePoints = 400;

    /// <summary>What two address spaces hold, side by side.</summary>
    public async Task<Compared<DiffWire>> DiffAsync(CompareSide before, CompareSide after, DiffRequest request, CancellationToken cancel)
    {
        var (left, right) = (await LoadAsync("base", before, withSeries: false, cancel), await LoadAsync("current", after, withSeries: false, cancel));
        if (left.Answer is not { } a) return new(null, left.Missing);
        return right.Answer is { } b ? new(await Task.Run(() => Diff(a, b, request), cancel)) : new(null, right.Missing);
    }

    /// <summary>The same with growth over both windows.</summary>
    public async Task<Compared<CompareWire>> CompareAsync(CompareSide before, CompareSide after, DiffRequest request, CancellationToken cancel)
    {
        var (left, right) = (await LoadAsync("base", before, withSeries: true, cancel), await LoadAsync("current", after, withSeries: true, cancel));
        if (left.Answer is not { } a) return new(null, left.Missing);
        if (right.Answer is not { } b) return new(null, right.Missing);
        var (first, second) = (await assessments.OfAsync(a.Process, cancel), await assessments.OfAsync(b.Process, cancel));
        return new(await Task.Run(() =>
        {
            var diff = Diff(a, b, request);
            var slopes = a.Series is { } was && b.Series is { } now ? SlopeDiffer.Compare(was, now) : [];
            var known = slopes.Count > 0 && slopes[0].IsKnown;
            return new CompareWire(Side(a, first), Side(b, second), diff, known ? [.. slopes.Select(Growth)] : [], CompareWords.Answer(diff, a.Window, b.Window, known ? slopes : []))
            {
                Proof = a.Series is { } before && b.Series is { } after ? ProofWires.Of(FixProver.Of((before.Seconds, before.Total), (after.Seconds, after.Total))) : null,
            };
        }, cancel));
    }

    /// <summary>The same as a page shows it: its biggest changes, filtered only where there are more rows than a page holds.</summary>
    public async Task<Compared<CompareWire>> CompareAsync(CompareSide before, CompareSide after, DiffShown shown, CancellationToken cancel)
    {
        var compared = await CompareAsync(before, after, shown.ToRequest(filtered: false), cancel);
        return compared.Answer is { } found && shown.NeedsFilter(found.Diff.AllRows) ? await CompareAsync(before, after, shown.ToRequest(filtered: true), cancel) : compared;
    }

    private async Task<Compared<Loaded>> LoadAsync(string name, CompareSide side, bool withSeries, CancellationToken cancel)
    {
        if (await tracks.FindAsync(side.Process, cancel) is not { } process) return new(null, $"{name}: there is no process of id {side.Process}; /api/v1/processes lists them.");
        if (process.Tracks.Count == 0) return new(null, $"{name}: the process has no snapshot yet; upload one first.");
        var state = new WindowState(side.Source, side.From, side.To) { As = side.As };
        if (await tracks.OverWindowAsync(process, state, over => Parts.Of(over, withSeries), cancel) is not { } parts || await snapshots.FindAsync(side.Process, parts.Window.ToNumber, cancel) is not { } snapshot)
            return new(null, $"{name}: {Absent(process, side)}");
        return new(new Loaded(process, snapshot, parts.Window, parts.Space, parts.Series));
    }

    private static string Absent(ProcessRow process, CompareSide side)
    {
        var sources = string.Join(", ", process.Tracks.Select(t => t.Source.Text()));
        if (side.Source is not null && process.Tracks.All(t => t.Source.Text() != side.Source)) return $"the process has no snapshot of {side.Source}; it has {sources}.";
        return $"the process has no such snapshot in the track asked for; /api/v1/processes/{process.Id}/snapshots?source=all lists those of {sources}.";
    }

    private static DiffWire Diff(Loaded a, Loaded b, DiffRequest request)
    {
        var diff = SpaceDiffer.Compare(a.Space, b.Space);
        return DiffWires.Of(diff, request, CompareWords.Held(diff)).ToWire(a.Snapshot, b.Snapshot) with
        {
            BaseProcess = Process(a), CurrentProcess = Process(b), Notes = CompareWords.Notes(diff, a.Window, b.Window, a.Process.Id == b.Process.Id),
        };
    }

    private static DiffProcessWire Process(Loaded side) => new(side.Process.Id, side.Process.Host, side.Process.Pid, side.Process.Comm);

    private static CompareSideWire Side(Loaded side, AssessedProcess assessed) => new(side.Process.ToWire(assessed), side.Window, side.Series is { } series ? Curve(series) : null);

    private static CompareCurveWire Curve(SideSeries series)
    {
        var kept = Decimation.Pick(series.Total, [], CurvePoints);
        return new([.. kept.Select(i => series.Seconds[i])], [.. kept.Select(i => series.Total[i])]);
    }

    private static CompareGrowthWire Growth(SlopeRow row) =>
        new(row.Category?.Slug() ?? "total", Rate(row.Base), Rate(row.Current), new(row.BytesPerSecond, row.LowBytesPerSecond, row.HighBytesPerSecond), row.Differs);

    private static CompareRateWire Rate(GrowthMeasure m) => new(m.BytesPerSecond, m.LowBytesPerSecond, m.HighBytesPerSecond) { Shape = m.Shape.Slug() };

    /// <summary>What is taken out of a track, which must not be kept.</summary>
    private sealed record Parts(WindowWire Window, SpaceSide Space, SideSeries? Series)
    {
        public static Parts Of(TrackWindow over, bool withSeries)
        {
            var space = new SpaceSide(over.Track.VmasAt(over.To), over.CategoriesAt(over.To));
            return new(over.ToWire(), space, withSeries && over.HasRss ? SeriesOf(over) : null);
        }

        private static SideSeries SeriesOf(TrackWindow over) => new(over.Seconds(), over.Slice(TrackSeries.Total(over.Track, Metric.Rss)).ToArray(),
            TrackSeries.ByCategory(over.Track, Metric.Rss, over.Overrides).ToDictionary(c => c.Key, c => over.Slice(c.Value).ToArray()));
    }

    private sealed record Loaded(ProcessRow Process, SnapshotRow Snapshot, WindowWire Window, SpaceSide Space, SideSeries? Series);
}
