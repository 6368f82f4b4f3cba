using System.Text.RegularExpressions;
using MemScope.Core.Analysis.Findings;
using MemScope.Core.Analysis.Heap;
using MemScope.Core.Analysis.Ledger;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Model;
using MemScope.Tests.Outstanding;

namespace MemScope.Tests.Ledgers;

public sealed class LedgerLinesTests
{
    private const long Chunk = 151_552; // truth.json of ucx-leak: chunk_bytes

    [Fact]
    public void The_founding_case_is_explained_but_for_what_was_there_before_the_first_snapshot()
    {
        var track = CaseTracks.Of("ucx-leak");
        var file = LedgerCases.Of(track, 0, track.Points.Count - 1, LedgerCases.Read("bpftrace", "ucx-leak.txt.gz"), LedgerCases.Read("bpftrace", "ucx-leak-2.txt.gz"), LedgerCases.Read("bpftrace", "ucx-leak.json.gz"), LedgerCases.Read("perf", "ucx-leak.txt.gz"));
        var ledger = LedgerCases.AssertCloses(file);

        var chunks = file.Blocks.Where(b => b.Range.Length == (ulong)Chunk).ToList();
        var grown = (track.VmasAt(track.Points.Count - 1).SumBytes(Metric.Rss) - track.VmasAt(0).SumBytes(Metric.Rss))!.Value;
        var traced = Assert.Single(ledger.Lines, l => l.Source == LedgerSource.Trace);
        Assert.Equal((chunks.Count * Chunk, 0L), (traced.Bytes, traced.BytesBefore!.Value));
        Assert.Contains("ucs_rcache_mp_chunk_alloc", traced.Label, StringComparison.Ordinal);
        var inferred = Assert.Single(ledger.Lines, l => l.Source == LedgerSource.Inferred);
        Assert.Equal((grown - (chunks.Count * Chunk), 0L), (inferred.Bytes, inferred.BytesBefore!.Value));
        Assert.Contains(ledger.Notes, n => n.StartsWith($"{chunks.Count} of {grown / Chunk} steps of 148 KiB were traced", StringComparison.Ordinal));
        Assert.Equal(ledger.Before!.Value.UnexplainedBytes, ledger.UnexplainedBytes);
        Assert.Equal(AnonymousOf(track, 0), ledger.UnexplainedBytes);
    }

    [Fact]
    public void Without_traces_its_growth_is_unexplained()
    {
        var track = CaseTracks.Of("ucx-leak");
        var ledger = LedgerCases.AssertCloses(new CaseFile(track, 0, track.Points.Count - 1));
        Assert.Equal(ledger.RssBytes - ledger.Before!.Value.RssBytes, ledger.UnexplainedBytes - ledger.Before.Value.UnexplainedBytes);
        Assert.All(ledger.Lines, l => Assert.Equal(LedgerSource.Snapshot, l.Source));
    }

    [Fact]
    public void A_trace_from_the_process_start_explains_all_but_five_percent_in_every_snapshot()
    {
        var track = CaseTracks.Of("whole-life");
        var trace = LedgerCases.Read("cases", "whole-life", "strace.txt.gz");
        for (var at = 0; at < track.Points.Count; at++)
        {
            var ledger = LedgerCases.AssertCloses(LedgerCases.Of(track, 0, at, trace));
            Assert.True(ledger.UnexplainedBytes * 20 <= ledger.RssBytes, $"{ledger.UnexplainedBytes} of {ledger.RssBytes} bytes are unexplained at {at + 1}");
        }

        var text = System.Text.Encoding.UTF8.GetString(Fixtures.Unzipped("cases", "whole-life", "strace.txt.gz"));
        var last = LedgerMaker.Of(LedgerCases.Of(track, 0, track.Points.Count - 1, trace))!;
        Assert.Equal(Regex.Count(text, @"mmap\(NULL, 98304,") * 98304L, Assert.Single(last.Lines, l => l.Label.StartsWith("Mapped by pool_grow in life", StringComparison.Ordinal)).Bytes);
        // malloc adds a header to each block of 300 KiB and rounds up to whole pages; the end of the last one is not touched.
        Assert.InRange(Assert.Single(last.Lines, l => l.Label.StartsWith("Large malloc blocks of keep_large in life", StringComparison.Ordinal)).Bytes, Regex.Count(text, @"mmap\(NULL, 311296,") * 307_200L, Regex.Count(text, @"mmap\(NULL, 311296,") * 311_296L);
        Assert.Contains(last.Lines, l => l.Label == "Malloc heap, grown for keep_small in life");
        Assert.Contains(last.Lines, l => l.Label == "Malloc heap, grown for worker in life");
    }

    [Fact]
    public void A_heap_leak_under_heaptrack_is_explained_by_what_it_counts_live()
    {
        var track = HeapCases.Snapshots("malloc-leak-cpp");
        var course = HeapCases.Course("malloc-leak-cpp");
        var first = Enumerable.Range(0, track.Points.Count).First(i => course.LiveAt(track.Points[i].TakenAt) is not null);
        for (var at = first; at < track.Points.Count; at++)
        {
            var ledger = LedgerCases.AssertCloses(new CaseFile(track, first, at) { Heaps = [course] });
            // At the first snapshot RSS is 4.9 MiB, and 256 KiB that the profiler mapped for itself are more than a twentieth of it.
            Assert.True(ledger.UnexplainedBytes * 20 <= ledger.RssBytes || (at == first && ledger.UnexplainedBytes < 300 << 10), $"{ledger.UnexplainedBytes} of {ledger.RssBytes} bytes are unexplained at {at + 1}");
            if (course.LiveAt(track.Points[at].TakenAt) is not { } live) continue;
            var line = Assert.Single(ledger.Lines, l => l.Source == LedgerSource.HeapProfile);
            Assert.Equal((live, course.Profile), (line.Bytes, line.Evidence));
        }
    }

    [Fact]
    public void The_founding_scene_leaves_its_growth_unexplained_whatever_heaptrack_counts()
    {
        var track = HeapCases.Snapshots("ucx-leak");
        var course = HeapCases.Course("ucx-leak");
        var seen = Enumerable.Range(0, track.Points.Count).Where(i => course.LiveAt(track.Points[i].TakenAt) is not null).ToList();
        var ledger = LedgerCases.AssertCloses(new CaseFile(track, seen[0], seen[^1]) { Heaps = [course] });
        var grown = ledger.RssBytes - ledger.Before!.Value.RssBytes;
        Assert.True(ledger.UnexplainedBytes - ledger.Before.Value.UnexplainedBytes > 0.95 * grown);
        Assert.True(ledger.Lines.Single(l => l.Source == LedgerSource.HeapProfile).Bytes < 600_000);
        Assert.Contains(ledger.Notes, n => n.Contains("no trace was uploaded", StringComparison.Ordinal));
    }

    [Fact]
    public void Fragmentation_is_told_by_what_malloc_says_that_it_keeps_free()
    {
        var (track, states) = (CaseTracks.Of("glibc-fragmentation"), AllocatorStates.Of(HeapCases.FragmentationFigures()));
        var program = HeapCases.Counters(File.ReadAllText(Fixtures.Case("glibc-fragmentation", "program.out"))).ToList();
        Assert.True(states.Count >= 7);
        foreach (var state in states)
        {
            var at = Enumerable.Range(0, track.Points.Count).MinBy(i => (track.Points[i].TakenAt - state.At).Duration());
            var ledger = LedgerCases.AssertCloses(new CaseFile(track, 0, at) { Allocators = [state] });
            Assert.True(ledger.UnexplainedBytes * 20 <= ledger.RssBytes, $"{ledger.UnexplainedBytes} of {ledger.RssBytes} bytes are unexplained at {at + 1}");
        }
        // At the end, when all is quiet: what the program counts live, malloc says in use, with a header to each block and its own vectors.
        var last = LedgerCases.AssertCloses(new CaseFile(track, 0, track.Points.Count - 1) { Allocators = states });
        Assert.InRange(last.Lines.Single(l => l.Label.StartsWith("In use", StringComparison.Ordinal)).Bytes, program[^1].Bytes, states[^1].InUseBytes!.Value);
        Assert.InRange(last.Lines.Single(l => l.Label == "Freed, kept by glibc malloc").Bytes, 0.9 * states[^1].FreeBytes!.Value, states[^1].FreeBytes!.Value);
        Assert.True(last.Lines.Single(l => l.Label == "Freed, kept by glibc malloc").Bytes > 0.8 * last.RssBytes);
    }

    [Fact]
    public void A_profile_that_counts_more_than_is_in_ram_is_clipped_and_said_so()
    {
        var track = Maps.Track("100-140 rw-p 256 [heap]\n200-240 rw-p 256\n300-310 r-xp 64 /lib/libc.so.6");
        var ledger = LedgerCases.AssertCloses(new CaseFile(track, 0, 0) { Heaps = [LedgerCases.Course(track, 1 << 20)] });
        Assert.Equal([("Live blocks of the heap profile", 512L << 10), ("Code", 64 << 10)], ledger.Lines.Select(l => (l.Label, l.Bytes)));
        Assert.Equal(0, ledger.UnexplainedBytes);
        Assert.Contains(ledger.Notes, n => n.Contains("512 KiB more than is in RAM", StringComparison.Ordinal));
    }

    [Fact]
    public void Live_blocks_fill_the_heap_first_and_what_the_heap_has_beyond_them_is_malloc_s()
    {
        var track = Maps.Track("100-140 rw-p 256 [heap]\n200-240 rw-p 256");
        var ledger = LedgerCases.AssertCloses(new CaseFile(track, 0, 0) { Heaps = [LedgerCases.Course(track, 100 << 10)] });
        Assert.Equal([("Malloc heap beyond what is counted", 156L << 10), ("Live blocks of the heap profile", 100 << 10)], ledger.Lines.Select(l => (l.Label, l.Bytes)));
        Assert.Equal(256 << 10, ledger.UnexplainedBytes);
    }

    [Fact]
    public void Live_blocks_of_128_KiB_and_more_are_taken_out_of_unnamed_memory_first()
    {
        var track = Maps.Track("100-140 rw-p 256 [heap]\n200-240 rw-p 256");
        var course = LedgerCases.Course(track, 300 << 10);
        var file = new CaseFile(track, 0, 0) { Heaps = [course], HeapSites = [new HeapSiteFacts(course.Profile, [], 200 << 10, 1), new HeapSiteFacts(course.Profile, [], 100 << 10, 100)] };
        var ledger = LedgerCases.AssertCloses(file);
        Assert.Equal(56 << 10, ledger.UnexplainedBytes);
        Assert.Equal(156 << 10, Assert.Single(ledger.Lines, l => l.Label == "Malloc heap beyond what is counted").Bytes);
    }

    [Fact]
    public void What_an_allocator_keeps_free_is_a_line_of_its_own_and_capped_at_what_is_resident()
    {
        var track = Maps.Track("100-200 rw-p 1024 [heap]");
        var state = new AllocatorState("malloc-info", "glibc malloc", track.Points[0].TakenAt) { InUseBytes = 200 << 10, FreeBytes = 2 << 20 };
        var ledger = LedgerCases.AssertCloses(new CaseFile(track, 0, 0) { Allocators = [state] });
        Assert.Equal([("Freed, kept by glibc malloc", 824L << 10, LedgerSource.Allocator), ("In use, by glibc malloc's own count", 200 << 10, LedgerSource.Allocator)], ledger.Lines.Select(l => (l.Label, l.Bytes, l.Source)));
        Assert.Contains(ledger.Notes, n => n == "glibc malloc keeps 2.00 MiB free, of which 824 KiB are in RAM.");
    }

    [Fact]
    public void Figures_of_an_allocator_that_are_far_from_the_snapshot_are_left_out_with_a_word()
    {
        var track = Maps.Track("100-200 rw-p 1024 [heap]");
        var state = new AllocatorState("malloc-info", "glibc malloc", track.Points[0].TakenAt.AddMinutes(5)) { InUseBytes = 200 << 10 };
        var ledger = LedgerCases.AssertCloses(new CaseFile(track, 0, 0) { Allocators = [state] });
        Assert.Equal("Malloc heap, not profiled", Assert.Single(ledger.Lines).Label);
        Assert.Contains(ledger.Notes, n => n.Contains("5 min away", StringComparison.Ordinal));
    }

    [Fact]
    public void Blocks_in_files_and_stacks_are_counted_with_those()
    {
        var track = Maps.Track("100-110 r-xp 64 /lib/libc.so.6\n200-201 ---p 0\n201-a01 rw-p 64\nb00-b10 rw-p 64");
        var trace = Replayed.TraceOf(Replayed.Mmap(0x100, 16, 1), Replayed.Mmap(0x200, 0x801, 2), Replayed.Mmap(0xb00, 8, 3));
        var ledger = LedgerCases.AssertCloses(LedgerCases.Of(track, 0, 0, new PlacedTrace(trace, TraceReplay.Run(trace), null)));
        Assert.Equal([("Code", 64L << 10), ("Thread stacks", 64 << 10), ("Mapped by f3", 32 << 10)], ledger.Lines.Select(l => (l.Label, l.Bytes)).OrderByDescending(l => l.Item2).ThenBy(l => l.Label));
        Assert.Equal(32 << 10, ledger.UnexplainedBytes);
    }

    [Theory]
    [InlineData(37, 12, true)]
    [InlineData(37, 9, false)] // fewer seen than the rule of three asks for
    [InlineData(1, 12, false)] // steps of a page say nothing
    public void Steps_are_inferred_only_where_enough_were_seen_and_chance_does_not_bring_them(int pages, int seen, bool inferred)
    {
        const int steps = 30;
        const ulong end = 0x80000, old = 0x20;
        var track = Maps.Track([.. Enumerable.Range(0, steps + 1).Select(i => $"{end - old - (ulong)(i * pages):x}-{end:x} rw-p {((int)old + (i * pages)) * 4}")]);
        var trace = Replayed.TraceOf([.. Enumerable.Range(1, seen).Select(i => Replayed.Mmap(end - old - (ulong)(i * pages), (ulong)pages, 3))]);
        var ledger = LedgerCases.AssertCloses(LedgerCases.Of(track, 0, steps, new PlacedTrace(trace, TraceReplay.Run(trace), null)));
        Assert.Equal(inferred ? (steps - seen) * pages * 4096L : 0, ledger.Lines.Where(l => l.Source == LedgerSource.Inferred).Sum(l => l.Bytes));
        Assert.Equal(((long)old * 4096) + (inferred ? 0 : (steps - seen) * pages * 4096L), ledger.UnexplainedBytes);
    }

    [Fact]
    public void Nothing_is_inferred_when_two_sites_map_the_same_length()
    {
        const ulong end = 0x80000;
        var track = Maps.Track([.. Enumerable.Range(1, 31).Select(i => $"{end - (ulong)(i * 37):x}-{end:x} rw-p {i * 148}")]);
        var trace = Replayed.TraceOf([.. Enumerable.Range(1, 14).Select(i => Replayed.Mmap(end - (ulong)(i * 37), 37, i == 4 ? 5 : 3))]);
        var ledger = LedgerCases.AssertCloses(LedgerCases.Of(track, 0, 30, new PlacedTrace(trace, TraceReplay.Run(trace), null)));
        Assert.DoesNotContain(ledger.Lines, l => l.Source == LedgerSource.Inferred);
    }

    private static long AnonymousOf(Track track, int at)
    {
        var (vmas, categories) = (track.VmasAt(at), track.CategoriesAt(at));
        return Enumerable.Range(0, vmas.Count).Where(r => categories[r].Category == Category.Anonymous).Sum(r => vmas[r].Bytes(Metric.Rss));
    }
}
