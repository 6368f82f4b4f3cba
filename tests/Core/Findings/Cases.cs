using System.Collections.Concurrent;
using System.Text.Json;
using MemScope.Core.Analysis.Callchains;
using MemScope.Core.Analysis.Findings;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Heap;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Model;

namespace MemScope.Tests.Findings;

/// <summary>The captured processes as case files, put together from files as the server does from uploads.</summary>
internal static class Cases
{
    private static readonly ConcurrentDictionary<string, IReadOnlyList<SideFacts>> Statuses = new(StringComparer.Ordinal);

    /// <summary>The snapshots of a case with its status files: <c>ucx-leak</c>, <c>ucx-leak/hook-none</c>.</summary>
    public static CaseFile Of(string name)
    {
        var track = CaseTracks.OfFile(Fixtures.PathOf(["cases", .. name.Split('/'), "smaps.tar.gz"]));
        return new CaseFile(track, 0, track.Points.Count - 1) { Figures = StatusOf(name) };
    }

    /// <summary>A case with everything that was captured of it.</summary>
    public static CaseFile Named(string name) => name switch
    {
        "ucx-leak" => Of(name).With("bpftrace/ucx-leak.txt.gz"),
        "raw-mmap-leak" => Of(name).With("strace/raw-mmap-leak.txt.gz"),
        "ucx-leak/with-heaptrack" => Of(name).WithHeap("cases/ucx-leak/with-heaptrack/heaptrack.ucx_leak.zst"),
        "malloc-leak-cpp/with-heaptrack" => Of(name).WithHeap("heaptrack/malloc-leak-long.zst"),
        "glibc-fragmentation" => Of(name).WithMallocInfo(name),
        _ => Of(name),
    };

    /// <summary>The snapshots of a log in which one tool's output was repeated: <c>pmap-x.log.gz</c>.</summary>
    public static CaseFile OfLog(string name, string log)
    {
        var snapshots = Reading.Of(Fixtures.Bytes(["cases", .. name.Split('/'), log]), log).Parsed.Snapshots;
        return OfTrack(Track.Build(Maps.Process, snapshots[0].Source, snapshots.Select((s, i) => new TrackPoint(i + 1, s.TakenAt!.Value, s.Vmas))));
    }

    /// <summary>A track as a case.</summary>
    public static CaseFile OfTrack(Track track) => new(track, 0, track.Points.Count - 1);

    /// <summary>A part of the window.</summary>
    public static CaseFile Between(this CaseFile file, int from, int to) => file with { From = from, To = to };

    /// <summary>Only every n-th snapshot.</summary>
    public static CaseFile Thinned(this CaseFile file, int every)
    {
        var points = file.Track.Tables().Where((_, i) => i % every == 0).ToList();
        var track = Track.Build(file.Track.ProcessId, file.Track.Source, points);
        return file with { Track = track, From = 0, To = track.Points.Count - 1 };
    }

    /// <summary>With traces: fixtures below tests/fixtures, <c>bpftrace/ucx-leak.txt.gz</c>.</summary>
    public static CaseFile With(this CaseFile file, params string[] traces) => file.With([.. traces.Select(CaseTraces.Read)]);

    /// <summary>With traces that were read already, newest first.</summary>
    public static CaseFile With(this CaseFile file, params Trace[] traces)
    {
        var placed = Array.ConvertAll(traces, t => new PlacedTrace(t, TraceReplay.Run(t), t.Anchor));
        var memory = TracedMemory.At(placed, new TracedPart(), []);
        var (from, to) = (file.Track.VmasAt(file.From), file.Track.VmasAt(file.To));
        var resident = new MappedMoment(to, memory.Blocks).Resident();
        var before = TracedMemory.At(placed, new TracedPart { To = file.Track.Points[file.From].TakenAt }, []);
        var growth = GrowthByCallchain.Between(new MappedMoment(from, before.WithMadeUsable), new MappedMoment(to, memory.WithMadeUsable));
        var sites = new List<TracedSite>();
        for (var i = 0; i < placed.Length; i++)
        {
            foreach (var total in memory.Replays[i]!.Callchains)
            {
                var owner = new ChainOfTrace(i, total.Callchain);
                var blocks = memory.Blocks.Where(b => b.Owner == owner).ToList();
                var frames = total.Callchain < 0 ? [] : traces[i].Callchains[total.Callchain].Frames;
                sites.Add(new TracedSite([.. frames.Select(f => new SiteFrame(f.Function, f.Module, f.File, f.Line) { Inlined = f.Inlined })],
                    resident.GetValueOrDefault(owner), blocks.Sum(b => (long)b.Range.Length), total.MappedBytes, total.Calls)
                {
                    Blocks = blocks.Count,
                    BlockBytes = blocks.Count == 0 ? null : (long)blocks.GroupBy(b => b.Range.Length).MaxBy(g => g.Count())!.Key,
                    Motifs = Motifs.In([.. frames.Select(f => new NamedFrame(f.Function, f.Module) { Inlined = f.Inlined })]),
                    GrownBytes = growth.Callchains.TryGetValue(owner, out var change) ? change.ToBytes - change.FromBytes : 0,
                });
            }
        }
        return file with
        {
            Sites = [.. sites.OrderByDescending(s => s.ResidentBytes).ThenByDescending(s => s.OutstandingBytes).ThenByDescending(s => s.MappedBytes)],
            Traces = [.. traces.Select((t, i) => FactsOf(t, placed[i].Whole))],
            Growth = new TracedGrowth(growth.RssBytes, growth.TracedBytes, growth.BeforeBytes, growth.NotSeenBytes),
        };
    }

    /// <summary>With a heap profile: a fixture below tests/fixtures.</summary>
    public static CaseFile WithHeap(this CaseFile file, string fixture)
    {
        var profile = Assert.Single(Reading.Of(Fixtures.Bytes(fixture.Split('/')), Path.GetFileName(fixture)).Parsed.HeapProfiles);
        var track = file.Track;
        var rss = TrackSeries.Total(track, Metric.Rss);
        var id = new Guid(7, 7, 7, new byte[8]);
        var course = HeapCourses.Place(id, profile, track.Points[^1].TakenAt, null, [.. rss.Select((r, i) => new HeapMoment(track.Points[i].TakenAt, (long)r))]);
        return file with
        {
            Heaps = [.. file.Heaps, Assert.IsType<HeapCourse>(course)],
            HeapSites = [.. profile.Dumps[^1].Sites.Where(s => s is { Live: > 0, Callchain: >= 0 }).OrderByDescending(s => s.Live).Take(100).Select(s =>
                new HeapSiteFacts(id, [.. profile.Callchains[s.Callchain].Frames.Select(f => new SiteFrame(f.Function, f.Module, f.File, f.Line) { Inlined = f.Inlined })], s.Live!.Value, s.LiveCount ?? 0))],
        };
    }

    /// <summary>With figures that a program printed of its allocator every ten seconds: <c>malloc_info.t005.xml</c> is five seconds after its start.</summary>
    public static CaseFile WithMallocInfo(this CaseFile file, string name)
    {
        var capture = JsonDocument.Parse(File.ReadAllBytes(Fixtures.Case(name, "capture.json"))).RootElement;
        var start = DateTimeOffset.UnixEpoch.AddSeconds(capture.GetProperty("started").GetDouble());
        var facts = new List<SideFacts>();
        foreach (var path in Directory.EnumerateFiles(Fixtures.PathOf("cases", name, "run"), "malloc_info.t*.xml").Order(StringComparer.Ordinal))
        {
            var at = start.AddSeconds(int.Parse(Path.GetFileName(path)["malloc_info.t".Length..^".xml".Length], System.Globalization.CultureInfo.InvariantCulture));
            facts.AddRange(Reading.Of(File.ReadAllBytes(path), Path.GetFileName(path)).Parsed.Figures.Select(f => new SideFacts(f.Kind, f.Label, at, f.Bytes, f.Counts)));
        }
        var all = file.Figures.Concat(facts).OrderBy(f => f.At).ToList();
        return file with { Figures = all, Allocators = AllocatorStates.Of(all) };
    }

    /// <summary>A finding by its card's id, or null.</summary>
    public static Finding? Finding(this Judgement judgement, string card) => judgement.Findings.FirstOrDefault(f => f.Card.Id == card);

    private static TraceFacts FactsOf(Trace trace, OutstandingMemory replay)
    {
        var mmaps = trace.Events.Where(e => e is { Call: MemoryCall.Mmap, Failed: false }).GroupBy(e => e.Length).ToList();
        return new TraceFacts(Guid.NewGuid(), trace.Tool, replay.Observed is { } span ? span.Ns / 1e9 : 0, replay.Total.MappingCalls, trace.Events.LongCount(e => e is { Call: MemoryCall.Munmap, Failed: false }))
        {
            MappedBytes = replay.Total.MappedBytes,
            MedianLifeNs = replay.Total.Lifetimes.MedianNs,
            CommonLength = mmaps.Count == 0 ? null : mmaps.MaxBy(g => g.Count()) is { } most ? ((long)most.Key, most.LongCount()) : null,
            Losses = [.. trace.Losses.Select(l => l.Kind)],
        };
    }

    private static IReadOnlyList<SideFacts> StatusOf(string name) => Statuses.GetOrAdd(name, static n =>
    {
        var path = Fixtures.PathOf(["cases", .. n.Split('/'), "status.tar.gz"]);
        return File.Exists(path) ? [.. Reading.Of(File.ReadAllBytes(path), "status.tar.gz").Parsed.Figures.Where(f => f.TakenAt is not null).Select(f => new SideFacts(f.Kind, f.Label, f.TakenAt!.Value, f.Bytes, f.Counts)).OrderBy(f => f.At)] : [];
    });
}
