using MemScope.Core.Analysis.Findings;
using MemScope.Core.Analysis.Heap;
using MemScope.Storage.Queries;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Gathers all that is known of a process, from every tool, and answers over it.</summary>
public sealed class CaseFiles(ProcessTracks tracks, TracedEvidence traced, HeapEvidence heaps, FiguresQuery figures)
{
    /// <summary>Newest figures of a kind that are looked at: an hour of status files, one a second, and with them more than a judgement needs.</summary>
    private const int MostFiguresOfKind = 1000;

    /// <summary>Kinds of figures that are looked at.</summary>
    private const int MostKinds = 50;

    /// <summary>
    /// Computes an answer over the case of a process and a window; default when process, track or window do not exist. What is asked is a pure function: it must not keep the case.
    /// </summary>
    public async Task<T?> OverAsync<T>(Guid process, WindowState window, Func<CaseFile, WindowWire, T?> answer, CancellationToken cancel)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(window);
        if (await tracks.FindAsync(process, cancel) is not { Tracks.Count: > 0 } row) return null;
        var who = await traced.OfAsync(row, window, cancel);
        var heap = await heaps.OfAsync(row, cancel);
        var beside = await FiguresAsync(row.Id, cancel);
        return await tracks.OverWindowAsync(row, window, over => answer(Of(row, over, who, heap, beside), over.ToWire()), cancel);
    }

    private static IReadOnlyList<HeapCourse> Heaps(ProcessRow row, TrackWindow over, HeapCase heap)
    {
        if (heap.Profiles.Count == 0) return [];
        var rss = over.RssOfTrack();
        return HeapCourses.Joined(heap.Profiles.Select(p => HeapCourses.Place(p.Row.Id, p.Profile, p.Row.TakenAt, row.StartTime, rss, p.Row.TimeOrigin)).OfType<HeapCourse>());
    }

    private static CaseFile Of(ProcessRow row, TrackWindow over, TracedCase who, HeapCase heap, IReadOnlyList<SideFacts> beside) => new(over.Track, over.From, over.To)
    {
        Overrides = over.Overrides,
        Process = new ProcessFacts(row.Pid, row.Comm, row.CommandLine) { Labels = row.Labels },
        Sites = who.Sites,
        Traces = who.Traces,
        Growth = who.Growth,
        Blocks = who.Blocks,
        BlocksBefore = who.BlocksBefore,
        Heaps = Heaps(row, over, heap),
        PendingFrames = who.PendingFrames + heap.PendingFrames,
        HeapSites = heap.Sites,
        Allocators = AllocatorStates.Of(beside),
        Figures = beside,
    };

    private async Task<IReadOnlyList<SideFacts>> FiguresAsync(Guid process, CancellationToken cancel)
    {
        var kinds = (await figures.LatestAsync(process, FiguresQuery.MostLatest, cancel)).Select(f => f.Kind).Distinct(StringComparer.Ordinal).Take(MostKinds);
        var facts = new List<SideFacts>();
        // A kind at a time, so that an hour of status does not crowd out the five figures of an allocator.
        foreach (var kind in kinds)
        {
            var (rows, _) = await figures.OverAsync(process, [kind], DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue, MostFiguresOfKind, cancel);
            facts.AddRange(rows.Select(f => new SideFacts(f.Kind, f.Label, f.TakenAt, f.Bytes, f.Counts)));
        }
        return [.. facts.OrderBy(f => f.At)];
    }
}
