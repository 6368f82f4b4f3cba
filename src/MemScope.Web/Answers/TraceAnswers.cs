using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Model;
using MemScope.Storage.Queries;
using MemScope.Storage.Tracks;
using MemScope.Web.Api;
using MemScope.Web.Symbolication;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Answers about traces themselves: what was seen, how fast memory is mapped and unmapped, what was lost. Who mapped it is <see cref="StackAnswers"/>.</summary>
public sealed class TraceAnswers(ProcessTracks tracks, TrackCache trackCache, TraceQuery traces, TraceCache traceCache, TimelineCache timelines, StackNaming stacks)
{
    /// <summary>Most parts of a timeline that can be asked for.</summary>
    public const int MostPoints = 2000;

    /// <summary>Traces of a process, newest first; null when it does not exist.</summary>
    public async Task<IReadOnlyList<TraceWire>?> ListAsync(Guid process, CancellationToken cancel) =>
        await tracks.FindAsync(process, cancel) is null ? null : [.. (await traces.ListAsync(process, cancel)).Select(t => t.ToWire())];

    /// <summary>
    /// What a trace saw; null when the process or the trace does not exist, or when the window names a snapshot or track that does not. A window counts where the trace's clock is tied to wall
    /// time, else the whole trace does.
    /// </summary>
    public async Task<TraceFiguresWire?> FiguresAsync(Guid process, Guid trace, WindowState window, int? thread, CancellationToken cancel)
    {
        if (await AskAsync(process, trace, window, thread, cancel) is not { } asked) return null;
        var memory = await MemoryOfAsync(asked, cancel);
        var sites = await TraceSites.OfAsync(asked.Replayed.Row, asked.Replayed.Trace, memory, stacks, cancel);
        return TraceFigures.Of(asked, memory, sites);
    }

    /// <summary>A trace's time in equal parts as columns; null as <see cref="FiguresAsync"/>.</summary>
    /// <param name="process">The process.</param>
    /// <param name="trace">The trace.</param>
    /// <param name="by">Which columns: one of <see cref="TimelineColumns.All"/>.</param>
    /// <param name="window">The part of the time that is asked for; null the whole trace.</param>
    /// <param name="points">How many parts at most.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task<SeriesWire?> TimelineAsync(Guid process, Guid trace, string by, WindowState window, int points, CancellationToken cancel)
    {
        if (await AskAsync(process, trace, window, null, cancel) is not { } asked) return null;
        var timeline = await timelines.FindAsync(asked.Replayed, points, asked.Filter, cancel);
        return TimelineColumns.Of(asked.Replayed.Row, timeline, by, asked.Rss);
    }

    /// <summary>What a trace left mapped, block by block; null as <see cref="FiguresAsync"/>.</summary>
    /// <exception cref="ProblemException">400 when the cursor is none.</exception>
    public async Task<Page<OutstandingBlockWire>?> BlocksAsync(Guid process, Guid trace, WindowState window, int? thread, string? cursor, int limit, CancellationToken cancel)
    {
        if (await AskAsync(process, trace, window, thread, cancel) is not { } asked) return null;
        var memory = await MemoryOfAsync(asked, cancel);
        return await TraceBlocks.OfAsync(asked, memory, cursor, limit, stacks, cancel) ?? throw Problems.BadParameter("cursor", "it is none that an answer gave.");
    }

    private static async Task<OutstandingMemory> MemoryOfAsync(AskedTrace asked, CancellationToken cancel) =>
        asked.Filter is null ? asked.Replayed.Outstanding : await Task.Run(() => TraceReplay.Run(asked.Replayed.Trace, asked.Filter), cancel);

    private async Task<AskedTrace?> AskAsync(Guid process, Guid trace, WindowState window, int? thread, CancellationToken cancel)
    {
        if (await tracks.FindAsync(process, cancel) is not { } row) return null;
        if ((await traces.ListAsync(process, cancel)).FirstOrDefault(t => t.Id == trace) is not { } found) return null;
        if (await traceCache.FindAsync(found, cancel) is not { } replayed) return null;
        var asksForSnapshots = window.From is not null || window.To is not null;
        var source = await tracks.SourceAsync(row, window, cancel);
        if (source is null && (asksForSnapshots || window.Source is not null)) return null;
        var around = source is { } known ? await trackCache.UseAsync(row, known, track => TraceRss.Of(track, window), cancel) : new TraceRss([], [], window.FromTime, window.ToTime);
        if (around is null) return null;
        return new AskedTrace(replayed, FilterOf(found, around, thread), around);
    }

    private static ReplayFilter? FilterOf(TraceRow row, TraceRss around, int? thread)
    {
        var anchor = row.Anchor;
        var (from, to) = anchor is null ? (null, null) : (NsOf(anchor, around.From), NsOf(anchor, around.To));
        return from is null && to is null && thread is null ? null : new ReplayFilter { FromNs = from, ToNs = to, Tid = thread };
    }

    private static long? NsOf(ClockAnchor anchor, DateTimeOffset? at) =>
        at is { } time ? (long)Int128.Clamp(anchor.TraceNs + ((Int128)(time - anchor.At).Ticks * TimeSpan.NanosecondsPerTick), long.MinValue, long.MaxValue) : null;
}

/// <summary>A trace that is asked for, with what lies around it.</summary>
/// <param name="Replayed">The trace, wholly replayed.</param>
/// <param name="Filter">Which part counts; null all of it.</param>
/// <param name="Rss">What snapshots say of the time.</param>
internal sealed record AskedTrace(ReplayedTrace Replayed, ReplayFilter? Filter, TraceRss Rss);
