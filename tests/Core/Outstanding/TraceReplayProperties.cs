using FsCheck;
using FsCheck.Fluent;
using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Model;
using static MemScope.Tests.Outstanding.Replayed;

namespace MemScope.Tests.Outstanding;

/// <summary>The replay of calls of all kinds, split or whole, of several processes and threads, against a model that goes page by page.</summary>
public sealed class TraceReplayProperties
{
    private const int Space = 40, Longest = 10, MaxTest = 2000;

    private sealed record Case(TraceEvent[] Events, ReplayFilter? Filter)
    {
        public Trace Trace { get; } = TraceOf(Events);

        public override string ToString() => $"{Filter} {string.Join("\n", Events.Select(e => $"{e.Line}-{e.ResumedLine} t{e.TimeNs} {e.Pid}/{e.Tid} {e.Call} {e.Address / Page}+{e.Length / Page} old {e.OldLength / Page} prot {e.Protection} flags {e.Flags:x} result {(e.HasResult ? e.Result / Page : "none")} {(e.Failed ? "failed" : "")} chain {e.Callchain}"))}";
    }

    private static Gen<TraceEvent> Kinds { get; } =
        from kind in Gen.Frequency((6, Gen.Constant(MemoryCall.Mmap)), (5, Gen.Constant(MemoryCall.Munmap)), (5, Gen.Constant(MemoryCall.Mremap)), (2, Gen.Constant(MemoryCall.Brk)),
            (5, Gen.Constant(MemoryCall.Mprotect)), (1, Gen.Constant(MemoryCall.Madvise)), (1, Gen.Constant(MemoryCall.Fork)), (1, Gen.Elements(MemoryCall.Exec, MemoryCall.Exit, MemoryCall.Other)))
        from at in Gen.Choose(1, Space)
        from pages in Gen.Choose(0, Longest)
        from old in Gen.Choose(0, Longest)
        from result in Gen.Choose(1, Space)
        from protection in Gen.Elements<ulong>(0, 0, 1, 3, 3, 5, 7)
        from advice in Gen.Elements<ulong>(0, 4, 8, 9, 14, 24)
        from flags in kind == MemoryCall.Mremap ? Gen.Elements<ulong>(0, 1, 1, 3, 5) : Gen.Elements<ulong>(0x22, 0x32, 0x100022, 0x100032)
        from pid in Gen.Frequency((6, Gen.Constant(1)), (1, Gen.Choose(2, 3)))
        from tid in Gen.Choose(1, 3)
        from chain in Gen.Choose(-1, 8)
        from outcome in Gen.Frequency((8, Gen.Constant(0)), (1, Gen.Constant(1)), (1, Gen.Constant(2)))
        select new TraceEvent
        {
            Call = kind, Pid = pid, Tid = tid, Callchain = chain, Address = (kind == MemoryCall.Brk ? (ulong)(100 + at) : (ulong)at) * Page, Length = (ulong)pages * Page,
            OldLength = (ulong)old * Page, Protection = kind == MemoryCall.Madvise ? advice : protection, Flags = flags, HasResult = outcome != 1, Failed = outcome == 2,
            Result = kind == MemoryCall.Fork ? (ulong)(pid % 3 + 1) : kind == MemoryCall.Brk ? (ulong)(100 + at) * Page : (ulong)result * Page,
        };

    private static Gen<Case> Cases { get; } =
        from calls in Kinds.ListOf()
        from splits in Gen.Choose(0, 9).ArrayOf(calls.Count)
        from jitter in Gen.Choose(0, 30).ArrayOf(calls.Count)
        from hasFilter in Gen.Elements(true, true, false)
        from fromNs in Gen.Choose(-1, calls.Count * 10)
        from toNs in Gen.Choose(-1, calls.Count * 10)
        from tid in Gen.Choose(0, 3)
        select new Case(Placed([.. calls], splits, jitter), hasFilter ? new ReplayFilter { FromNs = fromNs < 0 ? null : fromNs, ToNs = toNs < 0 ? null : toNs, Tid = tid == 0 ? null : tid } : null);

    [Fact]
    public void The_replay_agrees_with_a_model_that_goes_page_by_page() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(MaxTest).WithEndSize(120), Prop.ForAll(Cases.ToArbitrary(), Agrees));

    [Fact]
    public void Up_to_a_moment_a_trace_gives_what_the_trace_cut_there_gives() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(MaxTest / 3).WithEndSize(120), Prop.ForAll(Cases.ToArbitrary(), c =>
        {
            var moment = c.Filter?.ToNs ?? 50;
            var cut = c.Trace with { Events = [.. c.Events.Where(e => e.TimeNs <= moment)] };
            // The traced process is that of the whole trace: a cut that holds none of its calls takes another.
            return (TracedProcess.Of(cut) != TracedProcess.Of(c.Trace)) || Facts(TraceReplay.Run(c.Trace, new ReplayFilter { ToNs = moment })) == Facts(TraceReplay.Run(cut));
        }));

    [Fact]
    public void Sums_over_callchains_threads_modules_blocks_and_totals_agree() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(MaxTest / 4), Prop.ForAll(Cases.ToArbitrary(), c =>
        {
            var memory = TraceReplay.Run(c.Trace, c.Filter);
            var modules = memory.ByModule(chain => chain % 2 == 0 ? "even" : null);
            var total = Sums(memory.Total);
            return memory.OutstandingBytes == memory.Blocks.Sum(b => (long)b.Range.Length) && memory.OutstandingBytes == memory.Callchains.Sum(t => t.OutstandingBytes)
                && memory.MappedBytes == memory.Callchains.Sum(t => t.MappedBytes) && memory.Callchains.Sum(t => t.OutstandingBlocks) == memory.Blocks.Count
                && memory.Total.MadeUsableBytes == memory.MadeUsable.Sum(b => (long)b.Range.Length) && memory.Total.ReserveBytes == memory.Blocks.Where(b => b.IsReserve).Sum(b => (long)b.Range.Length)
                && memory.MappedBytes == memory.Total.OutstandingBytes + memory.Total.FreedBytes + memory.Total.UnplacedBytes
                && memory.CallchainActivity.Select(a => a.Activity).Concat(memory.ThreadActivity.Select(a => a.Activity)).All(a => a.MappedBytes == a.OutstandingBytes + a.FreedBytes + a.UnplacedBytes)
                && Added(memory.CallchainActivity.Select(a => a.Activity)).SequenceEqual(total) && Added(memory.ThreadActivity.Select(a => a.Activity)).SequenceEqual(total)
                && Added(modules.Select(a => a.Activity)).SequenceEqual(total);
        }));

    private static bool Agrees(Case c)
    {
        var replayed = c.Events.Where(e => c.Filter?.Reaches(e) ?? true).ToArray();
        var model = PageModel.Play(replayed, e => c.Filter?.Counts(e) ?? true, TracedProcess.Of(c.Trace));
        var memory = TraceReplay.Run(c.Trace, c.Filter);

        Assert.Equal(model.Outstanding().Order(), memory.Blocks.SelectMany(b => PagesOf(b).Select(page => (b.Pid, page, b.Callchain, b.IsReserve))).Order());
        Assert.Equal(model.MadeUsable().Order(), memory.MadeUsable.SelectMany(b => PagesOf(b).Select(page => (b.Pid, page, b.Callchain))).Order());
        Assert.Equal(model.Foreign, memory.BeforeTraceUnmappedBytes);
        Assert.Equal(model.IsLowerBound, memory.IsLowerBound);
        Assert.Equal(Sorted(model.Mapped), ByCallchain(memory, a => a.MappedBytes));
        Assert.Equal(Sorted(model.Freed), ByCallchain(memory, a => a.FreedBytes));
        Assert.Equal(Sorted(model.Unplaced), ByCallchain(memory, a => a.UnplacedBytes));
        Assert.Equal(Sorted(model.Unmapped), ByCallchain(memory, a => a.UnmappedBytes));
        Assert.Equal(Sorted(model.GivenBack), ByCallchain(memory, a => a.GivenBackBytes));
        return true;
    }

    private static string Facts(OutstandingMemory memory) => string.Join('\n',
        [
            $"{memory.MainPid} {memory.MappedBytes} {memory.BeforeTraceUnmappedBytes} {memory.FailedCalls} {memory.LowerBoundReason} {memory.Observed}", .. memory.Notes,
            .. memory.Blocks.Select(b => b.ToString()), .. memory.MadeUsable.Select(b => b.ToString()), .. memory.Callchains.Select(t => t.ToString()),
            .. memory.CallchainActivity.Select(a => $"{a.Callchain} {Words(a.Activity)}"), .. memory.ThreadActivity.Select(a => $"{a.Tid} {Words(a.Activity)}"), Words(memory.Total),
        ]);

    private static string Words(MemoryActivity a) => $"{string.Join(' ', Sums(a))} {a.OldestMappedAtNs} {a.Lifetimes.MedianNs} {a.Lifetimes.P95Ns} {a.Lifetimes.LongestNs} {a.ObservedNs}";

    private static long[] Sums(MemoryActivity a) =>
        [a.Calls, a.MappingCalls, a.MappedBytes, a.FreedBytes, a.UnplacedBytes, a.UnmappedBytes, a.GivenBackBytes, a.OutstandingBytes, a.ReserveBytes, a.OutstandingBlocks, a.MadeUsableBytes, a.Lifetimes.Count];

    private static long[] Added(IEnumerable<MemoryActivity> activities) => activities.Select(Sums).Aggregate(new long[12], (sum, a) => [.. sum.Zip(a, (x, y) => x + y)]);

    private static IEnumerable<(int, long)> Sorted(Dictionary<int, long> sums) => sums.Where(s => s.Value > 0).Select(s => (s.Key, s.Value)).Order();

    private static IEnumerable<(int, long)> ByCallchain(OutstandingMemory memory, Func<MemoryActivity, long> figure) =>
        memory.CallchainActivity.Select(c => (c.Callchain, figure(c.Activity))).Where(c => c.Item2 > 0).Order();

    private static IEnumerable<ulong> PagesOf(OutstandingBlock block)
    {
        for (var page = block.Range.Start; page < block.Range.End; page += Page) yield return page;
    }

    // Lines are ten apart; the second half of a split call stands between others, or behind all.
    private static TraceEvent[] Placed(TraceEvent[] calls, int[] splits, int[] jitter) =>
        [.. calls.Select((e, i) => e with { Line = 10 * (i + 1), ResumedLine = splits[i] is > 0 and < 3 ? 10 * (i + 1) + 10 * splits[i] + 5 - splits[i] : 0, TimeNs = 10 * i + jitter[i] })];
}
