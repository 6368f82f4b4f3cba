using System.Text;
using MemScope.Core;
using MemScope.Core.Formats;
using MemScope.Core.Formats.Heaptrack;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>Single lines and versions. Files of versions 0 to 2 are written from heaptrack's reader; no real ones were at hand.</summary>
public sealed class HeaptrackLineTests
{
    // One stack, main calls make, and blocks of 256 and 16 bytes, of which one of 16 is freed at once.
    private const string One = "X ./a b\nI 1000 10\ns 4 main\ns 4 make\ns 9 /a dir/a \ns 3 a.c\ni 500 3 1 4 10\nt 1 0\ni 400 3 2 4 20\nt 2 1\na 100 2\na 10 2\n+ 0\n+ 1\n- 1\nc a\nR 5\n+ 1\n";

    private static readonly string Unsized = One.Replace("s 4 ", "s ", StringComparison.Ordinal).Replace("s 9 ", "s ", StringComparison.Ordinal).Replace("s 3 ", "s ", StringComparison.Ordinal);

    [Fact]
    public void An_interpreted_file_of_version_3_is_read()
    {
        var parsed = Of("v 10400 3\n" + One);
        var profile = parsed.HeapProfiles.Single();
        var site = profile.Dumps.Single().Sites.Single();

        Assert.Equal("1.4.0, file version 3, interpreted", parsed.Version);
        Assert.Equal((0x110, 2, 0x120, 3, 0x110, 1), (site.Live, site.LiveCount, site.Allocated, site.AllocatedCount, site.Peak, site.TemporaryCount));
        Assert.Equal(["make a.c:32 /a dir/a  400", "main a.c:16 /a dir/a  500"], profile.Callchains.Single().Frames.Select(f => $"{f.Function} {f.File}:{f.Line} {f.Module} {f.Address:x}"));
        Assert.Equal((ClockDomain.Relative, 0x110, 0), (profile.Clock, profile.PeakBytes, profile.PeakTime));
        Assert.Equal([new HeapPoint(10_000_000, 0x100) { ResidentBytes = 5 * 4096 }], profile.Timeline);
        Assert.Equal("./a b", profile.Process.CommandLine);
        Assert.Empty(parsed.Diagnostics);
    }

    [Theory]
    [InlineData("v 10100 1", "1.1.0, file version 1, interpreted")]
    [InlineData("v 10100 2", "1.1.0, file version 2, interpreted")]
    [InlineData("v 10200", "1.2.0, file version 1, interpreted")]
    public void Before_version_3_strings_go_to_the_end_of_their_line(string version, string told)
    {
        var (old, now) = (Of(version + "\n" + Unsized), Of("v 10400 3\n" + One));
        Assert.Equal(told, old.Version);
        Assert.Equal(Dump(now), Dump(old));
    }

    [Fact]
    public void In_version_0_events_hold_size_stack_and_address()
    {
        var events = "+ 100 2 a0\n+ 10 2 b0\n- b0\nc a\nR 5\n+ 10 2 c0\n";
        var old = Of("v 10000\n" + Unsized[..Unsized.IndexOf("a 100", StringComparison.Ordinal)] + events);
        Assert.Equal("1.0.0, file version 0, interpreted", old.Version);
        Assert.Equal(Dump(Of("v 10400 3\n" + One)), Dump(old));
    }

    [Fact]
    public void In_version_0_a_block_is_temporary_by_its_address_and_later_by_size_and_stack()
    {
        const string Strings = "s f\ni 1 0 1\nt 1 0\n";
        // Two blocks of one size, of which the first is freed: heaptrack_print cannot tell them apart since version 1.
        Assert.Equal(0, Of($"v 10000\n{Strings}+ 8 1 a0\n+ 8 1 b0\n- a0\n").HeapProfiles[0].Dumps[0].Sites[0].TemporaryCount);
        Assert.Equal(1, Of($"v 10100 1\n{Strings}a 8 1\na 9 1\n+ 1\n+ 1\n- 1\n").HeapProfiles[0].Dumps[0].Sites[0].TemporaryCount);
    }

    [Fact]
    public void A_raw_file_before_version_3_has_paths_without_lengths()
    {
        var parsed = Of("v 10200 2\nx /opt/my program\nm -\nm x 1000 0 500\nm /lib/a.so 8000 0 10 2000 100\nt 1010 0\nt a050 1\n+ 10 2 a0\n");
        var profile = parsed.HeapProfiles.Single();
        Assert.Equal(["/lib/a.so 2050", "/opt/my program 10"], profile.Callchains.Single().Frames.Select(f => $"{f.Module} {f.Address:x}"));
        Assert.All(profile.Callchains.Single().Frames, f => Assert.Equal(FrameAddressKind.InModule, f.AddressKind));
        Assert.Equal(["00001000-00001500 0 /opt/my program", "00008000-00008010 0 /lib/a.so", "0000a000-0000a100 2000 /lib/a.so"], profile.Modules.Select(m => $"{m.Range} {m.FileOffset:x} {m.Path}"));
        Assert.Equal("1.2.0, file version 2, raw", parsed.Version);
        Assert.Empty(parsed.Complaints());
    }

    [Theory]
    [InlineData("v 10500 4\n", "version 4", "HEAPTRACK002")]
    [InlineData("v 10500 ffffffffffffffff\n", "version 18446744073709551615", "HEAPTRACK002")]
    public void A_later_version_is_refused_with_advice(string head, string told, string id)
    {
        var refused = Assert.Throws<CaptureRefusedException>(() => Of(head + One));
        Assert.Equal((CaptureRefusal.Unreadable, "no-data"), (refused.Kind, refused.Code));
        Assert.Contains(told, refused.Message, StringComparison.Ordinal);
        Assert.Contains("heaptrack_print", refused.Message, StringComparison.Ordinal);
        var parsed = HeaptrackFormat.Format.Parse(Encoding.ASCII.GetBytes(head + One), new ParseOptions(Limits.Default));
        Assert.True(parsed.IsEmpty);
        Assert.Equal(id, Assert.Single(parsed.Diagnostics).Id);
    }

    [Theory]
    [InlineData("v 10400 3\nx 3 a b\n")]
    [InlineData("v 10400\r\nX a\r\n")]
    [InlineData("v 10400 3\n")]
    [InlineData("v 10000\nA\n")]
    [InlineData("v 10400 3\n\n")]
    public void It_is_recognised(string head) => Assert.Equal("heaptrack", InputFormats.Sniff(Encoding.ASCII.GetBytes(head))?.Slug);

    [Theory]
    [InlineData("v 0.5 1.0 2\nv 1 2 3\n")]
    [InlineData("v 10 20\nv 30 40\n")]
    [InlineData("v\n")]
    [InlineData("v 10400 3 1\n")]
    [InlineData("version 3\n")]
    [InlineData("v 10400 3\nxyz\n")]
    public void Other_texts_are_not(string head) => Assert.NotEqual("heaptrack", InputFormats.Sniff(Encoding.ASCII.GetBytes(head))?.Slug);

    [Fact]
    public void Inlined_frames_come_before_the_one_that_has_the_address()
    {
        var parsed = Of("v 10400 3\ns 1 m\ns 1 f\ns 1 g\ns 1 h\ns 3 f.c\ni 77 1 2 5 a 3 5 14 4 0 0\nt 1 0\na 1 1\n+ 0\n");
        var frames = parsed.HeapProfiles[0].Callchains.Single().Frames;
        Assert.Equal(["f f.c:10 None inlined", "g f.c:20 None inlined", "h : Absolute "], frames.Select(f => $"{f.Function} {f.File}:{f.Line} {f.AddressKind} {(f.Inlined ? "inlined" : "")}"));
        Assert.All(frames, f => Assert.Equal("m", f.Module));
    }

    [Fact]
    public void Operator_new_is_left_out_of_stacks_as_heaptrack_does_and_equal_stacks_are_one()
    {
        var parsed = Of("v 10400 3\ns 4 main\ns 1b operator new(unsigned long)\ns 1d operator new[](unsigned long)\ni 1 0 1\nt 1 0\ni 2 0 2\nt 2 1\ni 3 0 3\nt 3 1\na 8 1\na 8 2\na 8 3\n+ 0\n+ 1\n+ 2\n");
        var profile = parsed.HeapProfiles[0];
        Assert.Equal("main", Assert.Single(profile.Callchains.Single().Frames).Function);
        Assert.Equal(24, profile.Dumps[0].Sites.Single().Live);
    }

    [Fact]
    public void A_library_that_comes_back_elsewhere_gives_the_same_frames()
    {
        var parsed = Of("v 10400 3\nx 1 a\nm 1 -\nm 4 b.so 1000 0 500\nt 1010 0\n+ 8 1 a0\nm 1 -\nm 4 c.so 1000 0 500\nm 4 b.so 9000 0 500\nt 1010 0\nt 9010 0\n+ 8 2 b0\n+ 8 3 c0\nt ff 0\n+ 8 4 d0\n");
        var profile = parsed.HeapProfiles[0];
        Assert.Equal(["b.so 10", "c.so 10", " ff"], profile.Callchains.Select(c => $"{c.Frames[0].Module} {c.Frames[0].Address:x}"));
        Assert.Equal([16L, 8L, 8L], profile.Dumps[0].Sites.Select(s => s.Live!.Value));
        Assert.Equal(3, profile.Modules.Count);
        Assert.Contains(parsed.Diagnostics, d => d.Id == "HEAPTRACK009");
    }

    [Fact]
    public void Lines_of_both_kinds_in_one_file_are_each_read_as_what_they_are()
    {
        var profile = Of("v 10400 3\ns 1 f\ni 77 0 1\nt 1 0\nx 1 a\nm 1 x 1000 0 500\nt 1010 0\n+ 8 1 a0\n+ 8 2 b0\n").HeapProfiles[0];
        Assert.Equal(["f  77", " a 10"], profile.Callchains.Select(c => $"{c.Frames[0].Function} {c.Frames[0].Module} {c.Frames[0].Address:x}"));
    }

    [Fact]
    public void An_allocation_without_a_stack_is_a_site_without_a_callchain()
    {
        var profile = Of("v 10400 3\na 8 0\n+ 0\n").HeapProfiles[0];
        Assert.Equal((-1, 8L), (profile.Dumps[0].Sites.Single().Callchain, profile.Dumps[0].Sites.Single().Live!.Value));
        Assert.Empty(profile.Callchains);
    }

    [Fact]
    public void Broken_lines_are_counted_and_the_numbers_behind_them_stay_right()
    {
        var parsed = Of("v 10400 3\ns zz main\ns 4 main\ni xx 0 1\ni 1 0 2\nt 9 9\nt 2 0\na 8 7\na 10 2\n+ 5\n+ 1\n- 9\nnonsense\n+\n- x\nc\nR\n? ?\n+ 1\n");
        Assert.Equal(12, parsed.Diagnostics.Where(d => d.Id == "HEAPTRACK003").Sum(d => d.Count));
        var profile = parsed.HeapProfiles[0];
        Assert.Equal("main", profile.Callchains.Single().Frames.Single().Function);
        Assert.Equal(0x20, profile.LiveBytes);
    }

    [Fact]
    public void A_file_that_ends_inside_a_line_says_so()
    {
        var profile = Of("v 10400 3\n" + One + "+ 1").HeapProfiles[0];
        Assert.Equal("cut-off", Assert.Single(profile.Losses).Kind);
        Assert.Equal(0x110, profile.LiveBytes);
    }

    [Fact]
    public void A_block_where_one_is_live_is_reported_and_both_count()
    {
        var parsed = Of("v 10400 3\nx 1 a\nt 1 0\n+ 8 1 a0\n+ 10 1 a0\n- a0\n");
        Assert.Equal(8, parsed.HeapProfiles[0].LiveBytes);
        Assert.Equal("HEAPTRACK007", Assert.Single(parsed.Complaints()).Id);
    }

    [Fact]
    public void Sizes_that_no_machine_has_are_refused_line_by_line_and_more_frees_than_allocations_count_as_none()
    {
        var parsed = Of("v 10400 3\na ffffffffffffffff 0\na 8 0\n+ 0\n- 1\n- 1\n");
        Assert.Equal(["HEAPTRACK003", "HEAPTRACK012"], parsed.Complaints().Select(d => d.Id));
        Assert.Equal((0, 0), (parsed.HeapProfiles[0].LiveBytes, parsed.HeapProfiles[0].PeakBytes));
    }

    [Fact]
    public void Wanted_leaks_are_said_to_count() => Assert.Contains(Of("v 10400 3\nS leak:known\n" + One).Diagnostics, d => d.Id == "HEAPTRACK008");

    [Fact]
    public void A_file_without_an_allocation_is_refused() => Assert.Equal("no-data", Assert.Throws<CaptureRefusedException>(() => Of("v 10400 3\nX ./a\n")).Code);

    [Fact]
    public void Lines_that_end_in_CR_LF_are_read() => Assert.Equal(Dump(Of("v 10400 3\n" + One)), Dump(Of(("v 10400 3\n" + One).Replace("\n", "\r\n", StringComparison.Ordinal))));

    [Fact]
    public void Stacks_deeper_than_the_limit_are_cut_and_counted()
    {
        var text = new StringBuilder("v 10400 3\ns 1 f\ni 1 0 1\n");
        for (var i = 0; i < 1500; i++) text.Append(System.Globalization.CultureInfo.InvariantCulture, $"t 1 {i:x}\n");
        var profile = Of(text.Append("a 8 5dc\n+ 0\n").ToString()).HeapProfiles[0];
        Assert.Equal(Limits.Default.CallchainFrames, profile.Callchains.Single().Frames.Count);
        Assert.Equal("cut-stacks", Assert.Single(profile.Losses).Kind);
    }

    private static ParsedCapture Of(string text) => Reading.Of(text);

    private static string Dump(ParsedCapture parsed)
    {
        var text = new StringWriter();
        ModelDump.Write(parsed with { Version = "" }, text);
        return text.ToString();
    }
}
