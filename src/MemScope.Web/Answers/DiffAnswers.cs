using MemScope.Core.Analysis.Diff;
using MemScope.Storage.Queries;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Differences of two snapshots of one track.</summary>
public sealed class DiffAnswers(ProcessTracks tracks, SnapshotQuery snapshots)
{
    /// <summary>The difference from <c>From</c> to <c>To</c> of the window, or null. A window whose ends are swapped is answered the way it was asked: base is what stands first.</summary>
    public async Task<DiffWire?> DiffAsync(Guid process, WindowState window, DiffRequest request, CancellationToken cancel)
    {
        if (await tracks.OverWindowAsync(await tracks.FindAsync(process, cancel), window, over => Ends.Of(over, swapped: window.From is { } from && from != over.First.Number, request), cancel) is not { } ends) return null;
        if (await snapshots.FindAsync(process, ends.Base, cancel) is not { } before || await snapshots.FindAsync(process, ends.Current, cancel) is not { } after) return null;
        var diff = ends.Figures.ToWire(before, after) with { LeftOutSnapshots = ends.LeftOut };
        return ends is { BaseByCategory: { } was, CurrentByCategory: { } now } ? diff with { Base = diff.Base with { ByCategory = was }, Current = diff.Current with { ByCategory = now } } : diff;
    }

    /// <summary>The same as a page shows it: its biggest changes, filtered only where there are more rows than a page holds.</summary>
    public async Task<DiffWire?> DiffAsync(Guid process, WindowState window, DiffShown shown, CancellationToken cancel)
    {
        var diff = await DiffAsync(process, window, shown.ToRequest(filtered: false), cancel);
        return diff is not null && shown.NeedsFilter(diff.AllRows) ? await DiffAsync(process, window, shown.ToRequest(filtered: true), cancel) : diff;
    }

    private sealed record Ends(int Base, int Current, DiffFigures Figures, int LeftOut, IReadOnlyDictionary<string, long>? BaseByCategory, IReadOnlyDictionary<string, long>? CurrentByCategory)
    {
        public static Ends Of(TrackWindow over, bool swapped, DiffRequest request)
        {
            var (before, after) = swapped ? (over.To, over.From) : (over.From, over.To);
            var diff = SnapshotDiffer.Compare(over.Track, before, after, over.Overrides);
            return new(diff.BaseNumber, diff.CurrentNumber, DiffWires.Of(diff, request, DiffWords.Answer(diff)), over.Track.LeftOut, CategoryTotals.OfPoint(over, before), CategoryTotals.OfPoint(over, after));
        }
    }
}
