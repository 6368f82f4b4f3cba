using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Model;
using static MemScope.Tests.Outstanding.Replayed;

namespace MemScope.Tests.Outstanding;

public sealed class TracedMemoryTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_later_trace_ends_the_blocks_of_an_earlier_one_also_in_parts()
    {
        var first = Traced(0, Mmap(100, 10, 1), Mmap(200, 4, 2));
        var second = Traced(10, Munmap(104, 2), Mmap(300, 1, 3));
        // Uploaded in whatever order.
        foreach (var traces in (PlacedTrace[][])[[first, second], [second, first]])
        {
            var (a, b) = (Array.IndexOf(traces, first), Array.IndexOf(traces, second));
            Assert.Equal([(100UL, 104UL, a, 1), (106, 110, a, 1), (200, 204, a, 2), (300, 301, b, 3)], Places(TracedMemory.At(traces, new TracedPart(), [])));
        }
    }

    [Fact]
    public void A_block_that_a_later_trace_moves_stays_its_mapper_s_and_growth_is_the_mover_s()
    {
        var memory = TracedMemory.At([Traced(0, Mmap(100, 4, 1)), Traced(10, Mremap(100, 4, 200, 6, 2))], new TracedPart(), []);
        Assert.Equal([(200UL, 204UL, 0, 1), (204, 206, 1, 2)], Places(memory));
    }

    [Fact]
    public void An_mmap_that_lands_on_an_earlier_block_proves_that_it_was_unmapped_between_the_traces() =>
        Assert.Equal([(100UL, 102UL, 1, 2), (102, 104, 0, 1)], Places(TracedMemory.At([Traced(0, Mmap(100, 4, 1)), Traced(10, Mmap(100, 2, 2))], new TracedPart(), [])));

    [Fact]
    public void The_heap_that_a_later_trace_shrinks_and_an_exec_end_blocks_too()
    {
        var grown = Traced(0, Brk(100, 1), Brk(110, 1), Mmap(500, 1, 2));
        Assert.Equal([(100UL, 105UL, 0, 1), (500, 501, 0, 2)], Places(TracedMemory.At([grown, Traced(10, Brk(110, 3), Brk(105, 3))], new TracedPart(), [])));
        Assert.Empty(TracedMemory.At([grown, Traced(10, Exec)], new TracedPart(), []).Blocks);
    }

    [Fact]
    public void What_two_tracers_see_at_once_counts_once()
    {
        TraceEvent[] seen = [Mmap(100, 4, 1), Mmap(200, 2, 1), Munmap(200, 2), Mmap(100 + 100, 2, 2)];
        var both = TracedMemory.At([Traced(0, seen), Traced(0, seen)], new TracedPart(), []);

        Assert.Equal([(100UL, 104UL), (200, 202)], Places(both).Select(p => (p.Start, p.End)));
        Assert.Equal(3, both.Replays.Sum(r => r!.Callchains.Sum(c => c.Calls)));

        // The second begins later and sees more: the shared time is the first's, the rest its own.
        var late = Traced(2, [.. seen[2..], Mmap(300, 1, 3)]);
        var joined = TracedMemory.At([Traced(0, seen), late], new TracedPart(), []);
        Assert.Equal([(100UL, 104UL, 0), (200, 202, 0), (300, 301, 1)], Places(joined).Select(p => (p.Start, p.End, p.Trace)));
        Assert.Equal(4, joined.Replays.Sum(r => r!.Callchains.Sum(c => c.Calls)));
    }

    [Fact]
    public void At_a_moment_only_what_was_mapped_by_then_is_there()
    {
        var traces = new[] { Traced(0, Mmap(100, 4, 1), Munmap(100, 4), Mmap(200, 2, 2)), Traced(10, Munmap(200, 2)) };
        // Events stand a second apart.
        Assert.Equal([(100UL, 104UL, 0, 1)], Places(TracedMemory.At(traces, new TracedPart { To = Start.AddSeconds(0.5) }, [])));
        Assert.Equal([(200UL, 202UL, 0, 2)], Places(TracedMemory.At(traces, new TracedPart { To = Start.AddSeconds(5) }, [])));
        Assert.Null(TracedMemory.At(traces, new TracedPart { To = Start.AddSeconds(5) }, []).Replays[1]);
        Assert.Empty(TracedMemory.At(traces, new TracedPart(), []).Blocks);
        Assert.Equal(2, Assert.Single(TracedMemory.At(traces, new TracedPart { From = Start.AddSeconds(1.5), To = Start.AddSeconds(5) }, []).Blocks).Owner.Callchain);
    }

    [Fact]
    public void Only_a_thread_s_calls_own_blocks_and_the_others_still_end_them()
    {
        var trace = Traced(0, Mmap(100, 1, 1), Mmap(200, 1, 2) with { Tid = 7 }, Mmap(300, 1, 3) with { Tid = 7 }, Munmap(200, 1));
        Assert.Equal([(300UL, 301UL, 0, 3)], Places(TracedMemory.At([trace], new TracedPart { Tid = 7 }, [])));
    }

    [Fact]
    public void Without_a_place_on_the_time_line_traces_lie_side_by_side_and_an_address_counts_once()
    {
        var newest = Loose(Mmap(100, 4, 1));
        var older = Loose(Mmap(102, 4, 2), Munmap(500, 1));
        var placed = Traced(0, Mmap(104, 1, 3), Mmap(500, 1, 4));
        Assert.Equal([(100UL, 104UL, 0, 1), (104, 105, 2, 3), (105, 106, 1, 2), (500, 501, 2, 4)], Places(TracedMemory.At([newest, older, placed], new TracedPart(), [])));
        // A guess is no place: it may be off by any amount.
        Assert.False((placed with { Anchor = placed.Anchor! with { WithinMs = null } }).IsPlaced);
    }

    [Fact]
    public void A_snapshot_behind_a_trace_ends_the_blocks_of_which_it_has_nothing()
    {
        var trace = Traced(0, Mmap(100, 4, 1), Mmap(200, 4, 2), Mmap(300, 4, 3));
        var (during, behind) = (Snapshot(7, 1, (0, 1)), Snapshot(8, 60, (102, 103), (300, 304)));
        var memory = TracedMemory.At([trace], new TracedPart(), [during, behind]);

        Assert.Equal([(100UL, 104UL, 0, 1), (300, 304, 0, 3)], Places(memory));
        Assert.Equal(new EndedBlocks(0, 8, 1, 4 * 4096), Assert.Single(memory.Ended));
        Assert.Equal(3, TracedMemory.At([trace], new TracedPart { To = Start.AddSeconds(30) }, [during, behind]).Blocks.Count);
    }

    [Fact]
    public void A_block_mapped_by_a_trace_after_the_snapshot_is_not_ended_by_it()
    {
        var snapshot = Snapshot(1, 60, (0, 1));
        var memory = TracedMemory.At([Traced(100, Mmap(200, 1, 2)), Traced(0, Mmap(100, 1, 1))], new TracedPart(), [snapshot]);
        Assert.Equal([(200UL, 201UL, 0, 2)], Places(memory));
    }

    [Fact]
    public void Blocks_of_children_are_not_the_process_s_memory() =>
        Assert.Equal([(100UL, 101UL, 0, 1)], Places(TracedMemory.At([Traced(0, Mmap(100, 1, 1), Fork(2), Mmap(200, 1, 2) with { Pid = 2 })], new TracedPart(), [])));

    [Fact]
    public void No_two_blocks_have_an_address_in_common_whatever_traces_say()
    {
        var random = new Random(11);
        for (var round = 0; round < 300; round++)
        {
            var traces = Enumerable.Range(0, 4).Select(_ => random.Next(4) == 0 ? Loose(Calls(random)) : Traced(random.Next(0, 30), Calls(random))).ToArray();
            var part = new TracedPart { From = random.Next(2) == 0 ? Start.AddSeconds(random.Next(30)) : null, To = random.Next(2) == 0 ? Start.AddSeconds(random.Next(60)) : null };
            var memory = TracedMemory.At(traces, part, [Snapshot(1, random.Next(60), (0, 20))]);
            foreach (var blocks in new[] { memory.Blocks, memory.WithMadeUsable })
                for (var i = 1; i < blocks.Count; i++) Assert.True(blocks[i - 1].Range.End <= blocks[i].Range.Start);
        }
    }

    private static TraceEvent[] Calls(Random random) => [.. Enumerable.Range(0, random.Next(1, 40)).Select(i =>
    {
        var (at, pages) = ((ulong)random.Next(60), (ulong)random.Next(1, 9));
        return random.Next(5) switch
        {
            0 => Munmap(at, pages),
            1 => Mremap(at, pages, (ulong)random.Next(60), (ulong)random.Next(1, 9), i % 10),
            2 => Brk(at + 1, i % 10),
            _ => Mmap(at, pages, i % 10),
        };
    })];

    private static IEnumerable<(ulong Start, ulong End, int Trace, int Chain)> Places(TracedMemory memory) =>
        memory.Blocks.Select(b => (b.Range.Start / Page, b.Range.End / Page, b.Owner.Trace, b.Owner.Callchain));

    // A trace that begins some seconds after the start, with a call a second.
    private static PlacedTrace Traced(int seconds, params TraceEvent[] events) => Placed(new ClockAnchor(ClockAnchorOrigin.InFile, 0, Start, 10), seconds, events);

    private static PlacedTrace Loose(params TraceEvent[] events) => Placed(null, 0, events);

    private static PlacedTrace Placed(ClockAnchor? anchor, int seconds, TraceEvent[] events)
    {
        var chains = Enumerable.Range(0, 10).Select(i => new Callchain([new RawFrame { Function = $"f{i}" }])).ToArray();
        var timed = events.Select((e, i) => e with { Line = 10 * (i + 1), TimeNs = (seconds + i) * 1_000_000_000L }).ToArray();
        var trace = new Trace("strace", ClockDomain.Monotonic, new ProcessHint(1), timed, chains, []) { Anchor = anchor };
        return new PlacedTrace(trace, TraceReplay.Run(trace), anchor);
    }

    private static TrackPoint Snapshot(int number, int seconds, params (ulong Start, ulong End)[] rows)
    {
        var table = new VmaTable.Builder();
        foreach (var (start, end) in rows) table.Add(start * Page, end * Page, default, 0, 0, 0, 0, "");
        return new TrackPoint(number, Start.AddSeconds(seconds), table.Build());
    }
}
