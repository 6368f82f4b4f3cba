using System.Text;
using MemScope.Core;
using MemScope.Core.Formats;
using MemScope.Core.Model;

namespace MemScope.Tests;

public sealed class ArchiveTests
{
    private static readonly byte[] Smaps = Fixtures.Unzipped("smaps", "odd-maps.smaps.txt.gz");
    private static readonly byte[] Maps = Fixtures.Bytes("smaps", "odd-maps.maps.txt");
    private static readonly byte[] Status = Fixtures.Bytes("status", "odd-maps.status.txt");

    [Theory]
    [InlineData("tar")]
    [InlineData("tar.gz")]
    [InlineData("zip")]
    public void The_files_of_a_case_join_into_its_snapshots(string kind)
    {
        var members = new[] { "maps", "status", "smaps", "smaps_rollup" }.SelectMany(f => Fixtures.Members("cases", "raw-mmap-leak", f + ".tar.gz")).ToArray();
        var packed = kind == "zip" ? Packing.Zip(members) : kind == "tar" ? Packing.Tar(members) : Packing.Gzip(Packing.Tar(members));
        var alone = Reading.OfCase("raw-mmap-leak", "smaps.tar.gz").Parsed.Snapshots;
        var parsed = Reading.Of(packed).Parsed;

        Assert.Equal("mixed", parsed.Format);
        Assert.Equal(alone.Select(s => (s.SeriesNumber, s.TakenAt, s.RssBytes)), parsed.Snapshots.Select(s => (s.SeriesNumber, s.TakenAt, s.RssBytes)));
        Assert.All(parsed.Snapshots, s => Assert.True(s is { Source: SnapshotSource.Smaps, Process.Pid: > 0, Process.Comm.Length: > 0 }));
        foreach (var figures in parsed.Figures.GroupBy(f => f.Kind))
            Assert.Equal(alone.Select(s => (s.SeriesNumber, s.TakenAt)), figures.Select(f => (f.SeriesNumber, f.TakenAt)));
        Assert.Equal(2, parsed.Figures.CountBy(f => f.Kind).Count());
        Assert.Contains(parsed.Diagnostics, d => d.Id == "CAPTURE002" && d.Text.StartsWith(FormattableString.Invariant($"{alone.Count} maps"), StringComparison.Ordinal));
        Assert.Empty(parsed.Complaints());
    }

    [Theory]
    [InlineData("1795188619.900", 1)]
    [InlineData("1795188619.911", 2)]
    public void Without_a_common_number_a_quarter_of_a_second_joins(string mapsAt, int snapshots)
    {
        // The names lead to different numbers' absence: the text before the bar is no number.
        var parsed = Reading.Of(Packing.Tar((Named("a", "1795188619.660"), Framed(Smaps, "1795188619.660")), (Named("b", mapsAt), Framed(Maps, mapsAt)))).Parsed;
        Assert.Equal(snapshots, parsed.Snapshots.Count);

        static string Named(string file, string at) => $"{file}-{at}.txt";
        static byte[] Framed(byte[] text, string at) => [.. Encoding.ASCII.GetBytes(at + "\n"), .. text];
    }

    [Fact]
    public void Numbers_that_differ_keep_snapshots_apart_however_close() =>
        Assert.Equal(2, Reading.Of(Packing.Tar(("smaps/0001_1795188619.660.txt", Smaps), ("maps/0002_1795188619.661.txt", Maps))).Parsed.Snapshots.Count);

    [Fact]
    public void Two_series_in_folders_of_their_own_stay_apart()
    {
        var parsed = Reading.Of(Packing.Tar(("a/smaps/0001_1795188619.660.txt", Smaps), ("b/maps/0001_1795188619.661.txt", Maps))).Parsed;
        Assert.Equal([SnapshotSource.Smaps, SnapshotSource.Maps], parsed.Snapshots.Select(s => s.Source));
    }

    [Fact]
    public void A_folder_named_after_a_process_tells_its_pid()
    {
        var parsed = Reading.Of(Packing.Tar(("proc/4711/smaps", Smaps), ("proc/4712/smaps", Smaps))).Parsed;
        Assert.Equal([4711, 4712], parsed.Snapshots.Select(s => s.Process.Pid ?? 0));
    }

    [Fact]
    public void A_member_without_a_time_takes_that_of_its_modification()
    {
        var snapshot = Reading.Of(Packing.Tar(("smaps.txt", Smaps))).Parsed.Snapshots.Single();
        Assert.Equal((Packing.ModifiedAt, TimeOrigin.ModificationTime), (snapshot.TakenAt!.Value, snapshot.TimeOrigin));
    }

    [Fact]
    public void A_member_that_is_not_known_is_reported_and_the_rest_kept()
    {
        var parsed = Reading.Of(Packing.Tar(("notes.txt", "remember the milk\n"u8.ToArray()), ("0001_1795188619.661.txt", Smaps), ("empty.txt", []), ("program", [0x7f, .. "ELF"u8, .. new byte[60]]))).Parsed;

        Assert.Single(parsed.Snapshots);
        Assert.Equal(["notes.txt", "empty.txt"], parsed.Diagnostics.Where(d => d.Id == "CAPTURE001").Select(d => d.Member!));
        Assert.Contains(parsed.Diagnostics, d => d.Member == "program" && d.Id == "CAPTURE003");
    }

    [Fact]
    public void Gzipped_members_and_archives_in_archives_are_read()
    {
        var inner = Packing.Zip(("0002_1795188620.661.txt", Smaps));
        var parsed = Reading.Of(Packing.Gzip(Packing.Tar(("0001_1795188619.661.txt.gz", Packing.Gzip(Smaps)), ("more.zip", inner)))).Parsed;
        Assert.Equal([1, 2], parsed.Snapshots.Select(s => s.SeriesNumber ?? 0));
    }

    [Fact]
    public void Many_files_of_one_moment_are_joined_in_bounded_time()
    {
        const int each = 8000;
        var members = Enumerable.Range(0, each).SelectMany(i => new[] { (FormattableString.Invariant($"s{i}.txt"), Status), (FormattableString.Invariant($"m{i}.txt"), "7f0000000000-7f0000001000 rw-p 00000000 00:00 0 \n"u8.ToArray()) });
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var parsed = Reading.Of(Packing.Tar(members)).Parsed;
        Assert.Equal((each, each), (parsed.Snapshots.Count, parsed.Figures.Count));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"took {watch.Elapsed}");
    }

    [Fact]
    public void Archives_deeper_than_the_limit_are_reported()
    {
        var deep = Packing.Tar(("0001_1795188619.661.txt", Smaps));
        for (var i = 0; i < Limits.Default.ContainerDepth; i++) deep = Packing.Tar(("inner.tar", deep));
        Assert.Contains("too many layers", Reading.Refused(deep).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tar_cut_anywhere_is_refused()
    {
        var whole = Packing.Tar(("0001_1795188619.661.txt", Maps), ("0002_1795188620.661.txt", Maps));
        // At 512 and less, what is left is no tar header with a file behind it.
        for (var length = 1024; length < whole.Length - 512; length += 512) Assert.Equal("tar-damaged", Reading.Refused(whole[..length]).Code);
        for (var length = 1000; length < whole.Length - 1024; length += 777) Assert.Equal("tar-damaged", Reading.Refused(whole[..length]).Code);
    }

    [Fact]
    public void A_zip_member_with_a_wrong_checksum_is_reported_as_damaged()
    {
        var zip = Packing.Zip(("0001_1795188619.661.txt", Smaps));
        var directory = zip.AsSpan().LastIndexOf("PK\x01\x02"u8);
        zip[directory + 16] ^= 1;
        Assert.Equal("zip-damaged", Reading.Refused(zip).Code);
    }

    [Fact]
    public void An_archive_of_nothing_known_is_refused_with_the_reasons()
    {
        var refused = Reading.Refused(Packing.Tar(("a.txt", "hello\n"u8.ToArray())));
        Assert.Equal((CaptureRefusal.Unreadable, "no-data"), (refused.Kind, refused.Code));
        Assert.Contains("a.txt", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void As_many_members_as_the_limit_pass_and_one_more_does_not()
    {
        var members = Enumerable.Range(1, 4).Select(i => (FormattableString.Invariant($"{i}_179518861{i}.txt"), Maps)).ToArray();
        Assert.Equal(4, Reading.Of(Packing.Tar(members), limits: new Limits { ArchiveMembers = 4 }).Parsed.Snapshots.Count);
        var refused = Reading.Refused(Packing.Tar(members), limits: new Limits { ArchiveMembers = 3 });
        Assert.Equal((CaptureRefusal.TooLarge, "archive-members", 3, 4), (refused.Kind, refused.Code, refused.Limit, refused.Actual));
    }
}
