using System.Diagnostics;
using System.IO.Compression;
using MemScope.Core;
using MemScope.Core.Formats;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>No input makes a parser throw or hang; the reader's only answer to a bad file is a refusal. <c>MEMSCOPE_FUZZ_ROUNDS</c> asks for more rounds.</summary>
public sealed class FuzzTests
{
    private const int SampleBytes = 16 << 10;
    private static readonly int Rounds = int.TryParse(Environment.GetEnvironmentVariable("MEMSCOPE_FUZZ_ROUNDS"), System.Globalization.CultureInfo.InvariantCulture, out var n) ? n : 2000;
    private static readonly TimeSpan LongestRead = TimeSpan.FromSeconds(2);

    public static TheoryData<string, string> Texts => new()
    {
        { "smaps", "smaps/odd-maps.smaps.txt.gz" },
        { "maps", "smaps/odd-maps.maps.txt" },
        { "smaps-rollup", "smaps/odd-maps.smaps_rollup.txt" },
        { "status", "status/odd-maps.status.txt" },
        { "pmap", "pmap/odd-maps.pmap.txt.gz" },
        { "pmap", "pmap/odd-maps.pmap-x.log.gz" },
        { "pmap", "pmap/odd-maps.pmap-fields.log.gz" },
        { "pmap", "pmap/odd-maps.pmap-all-fields.txt.gz" },
        { "pmap", "pmap/sleep.pmap-d.txt" },
        { "mixed", "mixed/date-status-smaps-pmap.txt.gz" },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_damaged_text_gives_a_model_and_no_exception(string slug, string file)
    {
        var sample = Sample(file);
        var mutator = new Mutator(seed: 1);
        for (var round = 0; round < Rounds; round++) Walk(InputFormats.Find(slug)!, mutator.Mutate(sample), dump: round % 50 == 0);
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_text_cut_at_any_byte_gives_a_model_and_no_exception(string slug, string file)
    {
        var sample = Sample(file);
        for (var length = 0; length < sample.Length; length++) Walk(InputFormats.Find(slug)!, sample[..length], dump: length % 500 == 0);
    }

    [Theory]
    [InlineData("tar")]
    [InlineData("tar.gz")]
    [InlineData("zip")]
    [InlineData("gz")]
    public void A_damaged_container_is_read_or_refused(string kind)
    {
        var sample = Container(kind);
        var mutator = new Mutator(seed: 2);
        for (var round = 0; round < Rounds; round++) ReadOrRefuse(mutator.Mutate(sample));
    }

    private static void Walk(InputFormat format, byte[] text, bool dump)
    {
        var watch = Stopwatch.StartNew();
        var parsed = format.Parse(text, new ParseOptions(Limits.Default));
        Assert.True(watch.Elapsed < LongestRead, $"{text.Length} bytes took {watch.Elapsed}");
        foreach (var snapshot in parsed.Snapshots)
        {
            Assert.True(snapshot.Vmas.Count > 0);
            _ = (snapshot.RssBytes, snapshot.VirtualBytes);
            for (var i = 0; i < snapshot.Vmas.Count; i++)
            {
                var vma = snapshot.Vmas[i];
                Assert.True(i == 0 || snapshot.Vmas[i - 1].Start <= vma.Start);
                Assert.True(vma is { Name.Length: <= 4 * 4096 } && !vma.Name.Contains('\0', StringComparison.Ordinal) && !vma.Name.Contains('\n', StringComparison.Ordinal));
                _ = (vma.Flags, vma[Metric.Rss], vma.Permissions.Text());
            }
        }
        Assert.True(parsed.Diagnostics.Count < 500);
        if (dump) ModelDump.Write(parsed, TextWriter.Null);
    }

    private static void ReadOrRefuse(byte[] file)
    {
        try
        {
            Reading.Of(file);
        }
        catch (CaptureRefusedException e)
        {
            Assert.NotEmpty(e.Code);
            Assert.NotEmpty(e.Message);
        }
    }

    private static byte[] Sample(string file)
    {
        var text = file.EndsWith(".gz", StringComparison.Ordinal) ? Fixtures.Unzipped(file.Split('/')) : Fixtures.Bytes(file.Split('/'));
        return text.Length > SampleBytes ? text[..SampleBytes] : text;
    }

    private static byte[] Container(string kind)
    {
        var members = Fixtures.Members("cases", "raw-mmap-leak", "smaps_rollup.tar.gz").Take(4).ToArray();
        return kind switch
        {
            "gz" => Packing.Gzip(members[0].Text),
            "zip" => Packing.Zip(members),
            "tar" => Packing.Tar(members),
            _ => Packing.Gzip(Packing.Tar(members)),
        };
    }
}
