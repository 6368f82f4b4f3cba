using FsCheck;
using FsCheck.Fluent;
using MemScope.Core.Model;
using static MemScope.Tests.Outstanding.Replayed;

namespace MemScope.Tests.Outstanding;

/// <summary>The replay against the simplest model there is: an array with the owner of every page.</summary>
public sealed class TraceReplayProperties
{
    private const int Space = 48;
    private const int Foreign = -2;

    private static Gen<TraceEvent> Calls { get; } = Gen.Frequency(
        (4, from at in Gen.Choose(0, Space - 1) from pages in Gen.Choose(1, 12) from chain in Gen.Choose(0, 5) select Mmap((ulong)at, (ulong)Math.Min(pages, Space - at), chain, flags: 0x32)),
        (4, from at in Gen.Choose(0, Space - 1) from pages in Gen.Choose(1, 16) select Munmap((ulong)at, (ulong)Math.Min(pages, Space - at))),
        (4, from source in Gen.Choose(0, Space - 1) from old in Gen.Choose(1, 10) from target in Gen.Choose(0, Space - 1) from size in Gen.Choose(1, 12) from chain in Gen.Choose(0, 5)
            select Mremap((ulong)source, (ulong)Math.Min(old, Space - source), (ulong)target, (ulong)Math.Min(size, Space - target), chain)),
        (1, from at in Gen.Choose(0, Space - 1) from chain in Gen.Choose(0, 5) select Mmap((ulong)at, 1, chain) with { Failed = true }),
        (1, from end in Gen.Choose(Space, Space + 20) from chain in Gen.Choose(0, 5) select Brk((ulong)end, chain)));

    [Fact]
    public void The_replay_agrees_with_an_array_of_pages() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000).WithEndSize(200), Prop.ForAll(Calls.ListOf().ToArbitrary(), calls => Agrees([.. calls])));

    [Fact]
    public void Sums_over_callchains_blocks_and_totals_agree() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Calls.ListOf().ToArbitrary(), calls =>
        {
            var memory = Run([.. calls]);
            return memory.OutstandingBytes == memory.Blocks.Sum(b => (long)b.Range.Length) && memory.OutstandingBytes == memory.Callchains.Sum(c => c.OutstandingBytes)
                && memory.MappedBytes == memory.Callchains.Sum(c => c.MappedBytes) && memory.Callchains.Sum(c => c.OutstandingBlocks) == memory.Blocks.Count
                && memory.Callchains.All(c => c.OutstandingBytes <= c.MappedBytes);
        }));

    private static bool Agrees(TraceEvent[] calls)
    {
        var owners = Enumerable.Repeat(Foreign, Space + 32).ToArray();
        long foreign = 0;
        var heap = 0;
        foreach (var call in calls.Where(c => !c.Failed)) Apply(call, owners, ref foreign, ref heap);

        var memory = Run(calls);
        var replayed = Enumerable.Repeat(Foreign, owners.Length).ToArray();
        foreach (var block in memory.Blocks)
            for (var page = block.Range.Start / Page; page < block.Range.End / Page; page++) replayed[page] = block.Callchain;
        return owners.AsSpan().SequenceEqual(replayed) && foreign * (long)Page == memory.BeforeTraceUnmappedBytes;
    }

    private static void Apply(TraceEvent call, int[] owners, ref long foreign, ref int heap)
    {
        var (at, to) = ((int)(call.Address / Page), (int)(call.Result / Page));
        var (pages, old) = ((int)(call.Length / Page), (int)(call.OldLength / Page));
        if (call.Call == MemoryCall.Mmap)
        {
            owners.AsSpan(to, pages).Fill(call.Callchain);
        }
        else if (call.Call == MemoryCall.Munmap)
        {
            foreign += Unmap(owners.AsSpan(at, pages));
        }
        else if (call.Call == MemoryCall.Mremap)
        {
            var moved = owners.AsSpan(at, old).ToArray();
            owners.AsSpan(at, old).Fill(Foreign);
            if (pages < old) foreign += moved[pages..].Count(o => o == Foreign);
            owners.AsSpan(to, pages).Fill(Foreign);
            for (var i = 0; i < pages; i++) owners[to + i] = i < old ? moved[i] : call.Callchain;
        }
        else
        {
            if (heap != 0 && to > heap) owners.AsSpan(heap, to - heap).Fill(call.Callchain);
            if (heap != 0 && to < heap) foreign += Unmap(owners.AsSpan(to, heap - to));
            heap = to;
        }
    }

    private static int Unmap(Span<int> pages)
    {
        var foreign = pages.Count(Foreign);
        pages.Fill(Foreign);
        return foreign;
    }
}
