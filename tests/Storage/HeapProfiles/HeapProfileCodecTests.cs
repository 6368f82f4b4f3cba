using MemScope.Core;
using MemScope.Core.Formats;
using MemScope.Core.Model;
using MemScope.Storage.HeapProfiles;
using MemScope.Storage.Tests.Blocks;
using MemScope.Storage.Tests.Traces;
using MemScope.Tests;

namespace MemScope.Storage.Tests.HeapProfiles;

public sealed class HeapProfileCodecTests
{
    [Fact]
    public void Any_profile_reads_back_in_every_field()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var profile = Random(seed);
            AssertEqual(profile, HeapProfileCodec.Decode(HeapProfileCodec.Encode(profile)));
        }
    }

    [Fact]
    public void Damage_is_refused_or_read_but_never_takes_more_memory_than_allowed()
    {
        const long Budget = 4 << 20;
        for (var seed = 1; seed < 8; seed++)
            Damage.Check(HeapProfileCodec.Encode(Random(seed)), 300, 4 * Budget, b => HeapProfileCodec.Decode(b, Budget));
    }

    [Fact]
    public void A_profile_cut_at_any_byte_is_refused()
    {
        var packed = HeapProfileCodec.Encode(Random(3));
        for (var length = 0; length < packed.Length - 8; length++) // behind lie the end mark of deflate and zlib's checksum
            Assert.Throws<InvalidDataException>(() => HeapProfileCodec.Decode(packed.AsSpan(0, length)));
    }

    [Fact]
    public void A_profile_that_an_older_version_stored_is_still_read()
    {
        var packed = Fixtures.Bytes("blocks", "heap-profile-v1-jemalloc.bin");
        using var file = File.OpenRead(Fixtures.PathOf("jemalloc-heap", "every.heap"));

        Assert.Equal(1, packed[0]);
        AssertEqual(Assert.Single(CaptureReader.Read(file, "every.heap", null, Limits.Default).Parsed.HeapProfiles), HeapProfileCodec.Decode(packed));
    }

    internal static void AssertEqual(HeapProfile expected, HeapProfile actual)
    {
        Assert.Equal((expected.Tool, expected.Unit, expected.Clock, expected.Process), (actual.Tool, actual.Unit, actual.Clock, actual.Process));
        Assert.Equal((expected.PeakBytes, expected.PeakTime, expected.SamplePeriodBytes), (actual.PeakBytes, actual.PeakTime, actual.SamplePeriodBytes));
        Assert.Equal(expected.Losses, actual.Losses);
        Assert.Equal(expected.Modules, actual.Modules);
        Assert.Equal(expected.Timeline, actual.Timeline);
        Assert.Equal(expected.Callchains.Select(c => c.Frames.ToArray()), actual.Callchains.Select(c => c.Frames.ToArray()));
        Assert.Equal(expected.Dumps.Select(d => d with { Sites = [] }), actual.Dumps.Select(d => d with { Sites = [] }));
        Assert.Equal(expected.Dumps.Select(d => d.Sites.ToArray()), actual.Dumps.Select(d => d.Sites.ToArray()));
    }

    private static HeapProfile Random(int seed)
    {
        var random = new Random(seed);
        long? Signed() => RandomStacks.Signed(random);
        var callchains = RandomStacks.Callchains(random);
        HeapSite Site() => new()
        {
            Callchain = random.Next(-1, callchains.Length), Kind = RandomStacks.Text(random), Live = Signed(), LiveCount = Signed(), Allocated = Signed(), AllocatedCount = Signed(), Peak = Signed(),
            TemporaryCount = Signed(), Line = random.Next(),
        };
        HeapDump Dump() => new([.. Enumerable.Range(0, random.Next(9)).Select(_ => Site())])
        {
            Label = RandomStacks.Text(random), TakenAt = random.Next(2) == 0 ? null : new DateTimeOffset(random.NextInt64(DateTime.MaxValue.Ticks), TimeSpan.Zero),
            TimeOrigin = (TimeOrigin)random.Next((int)TimeOrigin.Receipt + 1), Time = Signed(), LiveBytes = Signed(), LiveCount = Signed(), AllocatedBytes = Signed(), AllocatedCount = Signed(), Line = random.Next(),
        };
        return new HeapProfile("massif", new ProcessHint(random.Next(2) == 0 ? null : random.Next(), RandomStacks.Text(random)), callchains, [.. Enumerable.Range(0, random.Next(4)).Select(_ => Dump())])
        {
            Unit = (WeightUnit)random.Next((int)WeightUnit.Unknown + 1), Clock = (ClockDomain)random.Next((int)ClockDomain.AllocatedBytes + 1), PeakBytes = Signed(), PeakTime = Signed(),
            SamplePeriodBytes = Signed(), Losses = RandomStacks.Losses(random), Modules = RandomStacks.Modules(random),
            Timeline = [.. Enumerable.Range(0, random.Next(20)).Select(_ => new HeapPoint(random.NextInt64(), random.NextInt64()) { ResidentBytes = Signed(), OverheadBytes = Signed(), StackBytes = Signed() })],
        };
    }
}
