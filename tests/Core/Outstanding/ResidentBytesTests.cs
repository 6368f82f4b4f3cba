using System.Globalization;
using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Formats.Bpftrace;
using MemScope.Core.Formats.Strace;
using MemScope.Core.Model;
using MemScope.Tests.Traces;
using static MemScope.Tests.Outstanding.Replayed;

namespace MemScope.Tests.Outstanding;

public sealed class ResidentBytesTests
{
    [Fact]
    public void In_a_wholly_resident_mapping_every_outstanding_byte_is_resident()
    {
        var resident = ResidentBytes.PerCallchain(Run(Mmap(100, 4, 1), Mmap(104, 2, 2), Mmap(200, 5, 3)), Snapshot((90, 110, 20), (200, 205, 0)));

        Assert.Equal([(1, 4 * 4096L), (2, 2 * 4096L)], resident.OrderBy(r => r.Key).Select(r => (r.Key, r.Value)));
    }

    [Fact]
    public void In_a_partly_resident_mapping_a_block_gets_its_share()
    {
        var resident = ResidentBytes.PerCallchain(Run(Mmap(100, 4, 1), Mmap(104, 2, 2)), Snapshot((100, 120, 5)));

        Assert.Equal((4096L, 2048L), (resident[1], resident[2]));
    }

    [Fact]
    public void A_block_may_reach_over_several_mappings()
    {
        var resident = ResidentBytes.PerCallchain(Run(Mmap(100, 10, 1)), Snapshot((90, 103, 13), (103, 105, 0), (106, 120, 14)));

        Assert.Equal((3 + 4) * 4096L, Assert.Single(resident).Value);
    }

    [Fact]
    public void Blocks_of_another_process_and_mappings_without_rss_add_nothing()
    {
        var memory = Run(Mmap(100, 4, 1), Fork(2), Mmap(100, 4, 2) with { Pid = 2 });

        Assert.Equal(1, Assert.Single(ResidentBytes.PerCallchain(memory, Snapshot((100, 104, 4)))).Key);
        Assert.Equal(2, Assert.Single(ResidentBytes.PerCallchain(memory, Snapshot((100, 104, 4)), pid: 2)).Key);
        var maps = new VmaTable.Builder();
        maps.Add(100 * Page, 104 * Page, default, 0, 0, 0, 0, "");
        Assert.Empty(ResidentBytes.PerCallchain(memory, maps.Build()));
    }

    [Fact]
    public void The_founding_case_s_chunks_are_resident_but_for_the_one_in_use()
    {
        var trace = Assert.Single(TraceFixtures.Read(BpftraceFormat.Format, "bpftrace/ucx-leak.txt.gz").Traces);
        var memory = TraceReplay.Run(trace);

        var resident = Assert.Single(ResidentBytes.PerCallchain(memory, SnapshotOf("ucx-leak", "0091_")));

        Assert.Equal(memory.Callchains[0].Callchain, resident.Key);
        Assert.InRange(resident.Value, memory.OutstandingBytes * 98 / 100, memory.OutstandingBytes);
    }

    [Fact]
    public void Per_mapping_the_sum_never_exceeds_its_rss()
    {
        var trace = Assert.Single(TraceFixtures.Read(StraceFormat.Format, "strace/raw-mmap-leak.txt.gz").Traces);
        var memory = TraceReplay.Run(trace);
        var vmas = SnapshotOf("raw-mmap-leak", After("raw-mmap-leak", trace.Events[^1].TimeNs / 1e9));

        long all = 0;
        for (var i = 0; i < vmas.Count; i++)
        {
            var one = new VmaTable.Builder();
            one.Add(vmas[i].Start, vmas[i].End, default, 0, 0, 0, 0, "");
            one.Set(Metric.Rss, vmas[i][Metric.Rss]!.Value);
            var sum = ResidentBytes.PerCallchain(memory, one.Build()).Values.Sum();
            Assert.InRange(sum, 0, vmas[i].Bytes(Metric.Rss));
            all += sum;
        }
        var total = ResidentBytes.PerCallchain(memory, vmas);
        Assert.Equal(all, total.Values.Sum());
        var blobs = memory.Callchains[0];
        Assert.InRange(total[blobs.Callchain], blobs.OutstandingBytes * 98 / 100, blobs.OutstandingBytes);
    }

    private static VmaTable SnapshotOf(string name, string member)
    {
        var text = Fixtures.Members("cases", name, "smaps.tar.gz").Single(m => Path.GetFileName(m.Name).StartsWith(member, StringComparison.Ordinal)).Text;
        return Assert.Single(Reading.Of(text).Parsed.Snapshots).Vmas;
    }

    // The first snapshot behind a time: members are called <number>_<unix time>.txt.
    private static string After(string name, double unixSeconds) =>
        Fixtures.Members("cases", name, "smaps.tar.gz").Select(m => Path.GetFileName(m.Name))
            .First(m => double.Parse(Path.GetFileNameWithoutExtension(m).Split('_')[1], CultureInfo.InvariantCulture) > unixSeconds);

    private static VmaTable Snapshot(params (ulong Start, ulong End, long RssPages)[] mappings)
    {
        var table = new VmaTable.Builder();
        foreach (var (start, end, rss) in mappings)
        {
            table.Add(start * Page, end * Page, default, 0, 0, 0, 0, "");
            table.Set(Metric.Rss, rss * 4);
        }
        return table.Build();
    }
}
