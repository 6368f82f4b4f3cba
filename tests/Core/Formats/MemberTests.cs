using MemScope.Core;
using MemScope.Core.Formats;
using MemScope.Core.Model;

namespace MemScope.Tests;

public sealed class MemberTests
{
    private static readonly byte[] Smaps = Fixtures.Unzipped("smaps", "odd-maps.smaps.txt.gz");
    private static readonly byte[] Status = Fixtures.Bytes("status", "odd-maps.status.txt");
    private static readonly byte[] Strace = Fixtures.Unzipped("strace", "raw-mmap-leak.txt.gz");
    private static readonly byte[] Program = Fixtures.Bytes("elf", "raw-mmap-leak", "raw_mmap_leak.stripped");

    [Theory]
    [InlineData("tar.gz")]
    [InlineData("zip")]
    public void Each_file_of_a_mixed_archive_is_typed(string kind)
    {
        var files = new[] { ("case/smaps", Smaps), ("case/status", Status), ("case/strace.txt.gz", Packing.Gzip(Strace)), ("case/bin/prog", Program), ("case/notes", "remember the milk\n"u8.ToArray()) };
        var taken = new List<(string Name, byte[] Bytes)>();
        var archive = kind == "zip" ? Packing.Zip(files) : Packing.Gzip(Packing.Tar(files));

        var parsed = CaptureReader.Read(new MemoryStream(archive), null, null, Limits.Default, Keep, null, CancellationToken.None).Parsed;

        Assert.Equal([("case/smaps", "smaps"), ("case/status", "status"), ("case/strace.txt.gz", "strace"), ("case/bin/prog", "elf"), ("case/notes", "")], parsed.Members.Select(m => (m.Name, m.Format)));
        Assert.Equal((1, 1, 1), (parsed.Snapshots.Count, parsed.Figures.Count, parsed.Traces.Count));
        var (name, bytes) = Assert.Single(taken);
        Assert.Equal("case/bin/prog", name);
        Assert.Equal(Program, bytes);

        void Keep(string name, Stream content)
        {
            var copy = new MemoryStream();
            content.CopyTo(copy);
            taken.Add((name, copy.ToArray()));
        }
    }

    [Fact]
    public void A_program_in_an_archive_is_reported_where_nobody_takes_it()
    {
        var parsed = Reading.Of(Packing.Tar(("smaps", Smaps), ("prog", Program))).Parsed;
        Assert.Contains(parsed.Diagnostics, d => d is { Id: "CAPTURE003", Severity: Severity.Info, Member: "prog" });
    }

    [Fact]
    public void A_core_dump_in_an_archive_is_refused_and_the_rest_kept()
    {
        var core = Program.ToArray();
        core[16] = 4;
        var parsed = Reading.Of(Packing.Tar(("smaps", Smaps), ("core", core))).Parsed;
        Assert.Contains(parsed.Diagnostics, d => d is { Id: "CAPTURE001", Member: "core" } && d.Text.Contains("core dump", StringComparison.Ordinal));
    }
}
