using MemScope.Core;
using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Model;
using static MemScope.Tests.Outstanding.Replayed;

namespace MemScope.Tests.Outstanding;

/// <summary>Traces that no kernel made.</summary>
public sealed class ReplayHostileTests
{
    private const int Calls = 150_000;

    [Fact]
    public void Random_numbers_in_every_field_are_survived_and_sums_stay_in_range()
    {
        var random = new Random(20261121);
        for (var round = 0; round < 100; round++)
        {
            var trace = TraceOf([.. Enumerable.Range(0, 200).Select(_ => Wild(random))]) with { Process = new ProcessHint(random.Next(-1, 4)), Clock = (ClockDomain)random.Next(0, 7) };
            var filter = random.Next(2) == 0 ? null : new ReplayFilter { FromNs = Number(random), ToNs = Number(random), Tid = random.Next(4) };

            var timeline = TraceTimeline.Of(trace, random.Next(1, 1000), filter);
            var memory = timeline.Outstanding;

            Assert.All((long[])[memory.MappedBytes, memory.OutstandingBytes, memory.BeforeTraceUnmappedBytes, memory.Total.FreedBytes, memory.Total.UnmappedBytes, memory.Total.MadeUsableBytes], n => Assert.True(n >= 0));
            Assert.All(memory.Blocks.Concat(memory.MadeUsable), b => Assert.True(b.Range.End > b.Range.Start));
            Assert.All(memory.Blocks.Zip(memory.Blocks.Skip(1)), p => Assert.True(p.First.Pid != p.Second.Pid || p.First.Range.End <= p.Second.Range.Start || p.Second.Range.End <= p.First.Range.Start));
        }
    }

    [Fact]
    public void A_range_of_many_pieces_that_is_moved_to_and_fro_is_given_up_and_said_so()
    {
        var events = new List<TraceEvent>();
        for (var i = 0; i < Calls / 2; i++) events.Add(Mmap((ulong)i + 1, 1, i % 9));
        for (var i = 0; i < Calls / 2; i++) events.Add(Mremap(i % 2 == 0 ? 1UL : 500_000, Calls / 2, i % 2 == 0 ? 500_000 : 1UL, Calls / 2, 9));

        var memory = Run([.. events]);

        Assert.True(memory.IsLowerBound);
        Assert.Equal((0L, Calls / 2 * 4096L), (memory.OutstandingBytes, memory.Total.UnplacedBytes));
        Assert.Contains(memory.Notes, n => n.Contains("too many pieces", StringComparison.Ordinal));
    }

    [Fact]
    public void A_table_that_moves_each_time_it_grows_stays_exact_however_often()
    {
        var events = new List<TraceEvent> { Mmap(1, 1, 1) };
        for (var i = 1; i < 20_000; i++) events.Add(Mremap(i % 2 == 1 ? 1UL : 500_000, (ulong)i, i % 2 == 1 ? 500_000 : 1UL, (ulong)i + 1, 2));

        var memory = Run([.. events]);

        Assert.False(memory.IsLowerBound, memory.LowerBoundReason);
        Assert.Equal([(1, 1L), (2, 19_999L)], memory.Pages());
        Assert.Equal(0, memory.Total.FreedBytes);
    }

    [Fact]
    public void A_range_of_many_pieces_that_is_protected_again_and_again_is_given_up()
    {
        var events = new List<TraceEvent>();
        for (var i = 0; i < Calls / 2; i++) events.Add(Mmap((ulong)i * 2 + 2, 1, i % 9) with { Protection = 3 });
        for (var i = 0; i < Calls / 2; i++) events.Add(new TraceEvent { Call = MemoryCall.Mprotect, Pid = 1, HasResult = true, Address = Page, Length = Calls * Page, Protection = i % 2 == 0 ? 0UL : 3 });

        var memory = Run([.. events]);

        Assert.Equal(Calls / 2 * 4096L, memory.OutstandingBytes);
        Assert.Contains(memory.Notes, n => n.Contains("too many pieces", StringComparison.Ordinal));
    }

    [Fact]
    public void Holes_in_one_block_and_a_fork_for_each_call_stay_cheap()
    {
        var events = new List<TraceEvent> { Mmap(1, Calls * 2, 1) };
        for (var i = 0; i < Calls; i++) events.Add(i % 3 == 2 ? Fork(i) : Munmap((ulong)i * 2 + 2, 1));
        for (var i = 0; i < 1000; i++) events.Add(Exec with { Pid = i });

        var memory = Run([.. events]);

        Assert.Equal(Calls / 3 * 2 * 4096L, memory.Total.UnmappedBytes);
    }

    [Fact]
    public void The_limit_of_pieces_is_one_that_may_be_set()
    {
        var trace = TraceOf(Mmap(1, 1, 1), Mmap(2, 1, 2), Mremap(1, 2, 10, 2, 3));

        Assert.False(TraceReplay.Run(trace, null, new Limits { ReplayPieces = 2 }, null).IsLowerBound);
        Assert.True(TraceReplay.Run(trace, null, new Limits { ReplayPieces = 1 }, null).IsLowerBound);
    }

    private static TraceEvent Wild(Random random)
    {
        var line = random.Next(0, 2000);
        return new TraceEvent
        {
            Call = (MemoryCall)random.Next(0, 10), HasResult = random.Next(4) > 0, Failed = random.Next(8) == 0, TimeNs = Number(random), Pid = random.Next(-1, 4), Tid = random.Next(-1, 4),
            Address = (ulong)Number(random), Length = (ulong)Number(random), OldLength = (ulong)Number(random), Protection = (ulong)random.Next(0, 10), Flags = (ulong)Number(random), Result = (ulong)Number(random),
            Callchain = random.Next(-3, 14), Line = line + 1, ResumedLine = random.Next(3) == 0 ? line + random.Next(-5, 50) : 0,
        };
    }

    private static long Number(Random random) => random.Next(6) switch
    {
        0 => random.NextInt64(long.MinValue, long.MaxValue),
        1 => long.MaxValue - random.Next(0, 10_000),
        2 => -random.Next(0, 10_000),
        3 => random.Next(0, 100),
        _ => random.Next(0, 64) * 4096,
    };
}
