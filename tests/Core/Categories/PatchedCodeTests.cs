using System.Text.Json;
using MemScope.Core.Analysis.Categories;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>Code that was changed in memory, in captures whose truth is known and in made ones.</summary>
public sealed class PatchedCodeTests
{
    [Fact]
    public void UCX_patches_libc_from_the_first_snapshot_on()
    {
        var track = CaseTracks.Of("ucx-leak");
        var note = CaseTracks.Truth("ucx-leak").GetProperty("notes").EnumerateArray().Select(n => n.GetString()!).First(n => n.Contains("bistro", StringComparison.Ordinal));
        Assert.Contains("libc's text is split into nine regions, four of them one private dirty page each", note, StringComparison.Ordinal);

        var libc = Assert.Single(PatchedCode.Of(track, track.Points.Count - 1));

        Assert.Equal(("/usr/lib/x86_64-linux-gnu/libc.so.6", PatchWay.Mprotect, 4, 4 * 4096, 0), (libc.Module, libc.Way, libc.Regions.Count, libc.Bytes, libc.Since));
        Assert.Equal("libc.so.6's code was changed in memory: 16.0 KiB in 4 places since #1, the first snapshot, made writable by the process itself, as hooks do. "
            + "libucm.so.0.0.0 is loaded: UCX changes mmap and munmap of libc so, to hear of every mapping.", libc.Sentence(track, track.Points.Count - 1));
    }

    [Theory]
    [InlineData("glibc-fragmentation")]
    [InlineData("malloc-leak-cpp")]
    [InlineData("steady-healthy")]
    [InlineData("plateau")]
    [InlineData("odd-maps")] // its program was just compiled: a page of its code is dirty and still the file's
    public void Nobody_else_is_said_to(string name)
    {
        var track = CaseTracks.Of(name);
        Assert.All(Enumerable.Range(0, track.Points.Count), at => Assert.Empty(PatchedCode.Of(track, at)));
    }

    [Fact]
    public void Breakpoints_of_gdb_are_told_from_hooks_and_begin_with_its_window()
    {
        var track = CaseTracks.Of("raw-mmap-leak");
        using var capture = JsonDocument.Parse(File.ReadAllBytes(Fixtures.Case("raw-mmap-leak", "capture.json")));
        var gdb = capture.RootElement.GetProperty("trace_windows").EnumerateArray().First(t => t.GetProperty("kind").GetString() is "gdb");
        var (begin, end) = (At(gdb.GetProperty("begin")), At(gdb.GetProperty("end")));

        var patched = PatchedCode.Of(track, track.Points.Count - 1);

        Assert.Equal(["ld-linux-x86-64.so.2", "libc.so.6", "raw_mmap_leak"], patched.Select(p => Path.GetFileName(p.Module)).Order());
        Assert.All(patched, p => Assert.Equal((PatchWay.FromOutside, 4096L), (p.Way, p.Bytes)));
        Assert.All(patched, p => Assert.True(track.Points[p.Since].TakenAt >= begin && track.Points[p.Since].TakenAt <= end));
        Assert.EndsWith("from outside: a debugger's breakpoint, or a uprobe.", patched[0].Sentence(track, track.Points.Count - 1), StringComparison.Ordinal);
        Assert.Empty(PatchedCode.Of(track, patched[0].Since - 1));
    }

    [Fact]
    public void A_source_without_anonymous_pages_shows_what_is_dirty_and_cut_off()
    {
        var track = Of("pmap-x.log.gz", SnapshotSource.PmapExtended);
        var libc = Assert.Single(PatchedCode.Of(track, track.Points.Count - 1));

        Assert.Equal(("libc.so.6", PatchWay.Mprotect, 4), (libc.Module, libc.Way, libc.Regions.Count));

        var odd = Reading.OfCase("odd-maps", "pmap-x.log.gz").Parsed.Snapshots;
        Assert.Empty(PatchedCode.Of(Track.Build(Maps.Process, SnapshotSource.PmapExtended, [new TrackPoint(1, DateTimeOffset.UnixEpoch, odd[0].Vmas)]), 0));
    }

    [Fact]
    public void Code_that_never_had_a_file_is_not_patched()
    {
        foreach (var line in new[] { "100-200 r-xp 64/64", "100-200 r-xp 64/64 /memfd:jit (deleted)", "100-200 r-xs 64/64 /lib/a.so", "100-200 rwxp 64/64 /lib/a.so", "100-200 r--p 64/64 /lib/a.so", "100-200 r-xp 64/64 [vdso]" })
            Assert.Empty(PatchedCode.Of(Maps.Track(line), 0));
        Assert.Single(PatchedCode.Of(Maps.Track("100-200 r-xp 64/64 /lib/a.so"), 0));
    }

    [Fact]
    public void A_hook_is_dated_to_the_snapshot_that_first_shows_it()
    {
        var track = Maps.Track("100-200 r-xp 64/0 /lib/a.so", "100-200 r-xp 64/0 /lib/a.so", "100-180 r-xp 64/0 /lib/a.so\n180-181 r-xp 4/4 /lib/a.so\n181-200 r-xp 60/0 /lib/a.so");
        var hook = Assert.Single(PatchedCode.Of(track, 2));

        Assert.Equal((2, PatchWay.Mprotect, 4096L), (hook.Since, hook.Way, hook.Bytes));
        Assert.StartsWith("a.so's code was changed in memory: 4.00 KiB since #3, made writable", hook.Sentence(track, 2), StringComparison.Ordinal);
    }

    private static DateTimeOffset At(JsonElement unixSeconds) => DateTimeOffset.UnixEpoch.AddSeconds(unixSeconds.GetDouble());

    private static Track Of(string file, SnapshotSource source) =>
        Track.Build(Maps.Process, source, Reading.OfCase("ucx-leak", file).Parsed.Snapshots.Select((s, i) => new TrackPoint(i + 1, s.TakenAt!.Value, s.Vmas)));
}
