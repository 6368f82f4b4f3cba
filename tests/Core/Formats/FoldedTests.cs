using System.Globalization;
using System.Text;
using MemScope.Core;
using MemScope.Core.Formats;
using MemScope.Core.Model;

namespace MemScope.Tests;

public sealed class FoldedTests
{
    [Theory]
    [InlineData("malloc-leak.allocations.folded")]
    [InlineData("malloc-leak.leaked.folded")]
    [InlineData("malloc-leak.peak.folded")]
    public void Every_stack_has_the_sum_of_its_lines(string file)
    {
        var lines = Encoding.UTF8.GetString(Fixtures.Bytes("folded", file)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var parsed = Reading.Of(Fixtures.Bytes("folded", file), file).Parsed;
        Assert.Empty(parsed.Diagnostics);
        var profile = Assert.Single(parsed.HeapProfiles);
        Assert.Equal(WeightUnit.Unknown, profile.Unit);
        var summed = lines.GroupBy(l => l[..l.LastIndexOf(';')], l => long.Parse(l[(l.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture)).Select(g => (g.Key, g.Sum()));
        Assert.Equal(summed, profile.Dumps[0].Sites.Select(s => (Folded(profile, s), s.Live!.Value)));
    }

    [Fact]
    public void The_sum_of_heaptracks_calls_is_the_one_that_it_prints()
    {
        var printed = Encoding.UTF8.GetString(Fixtures.Bytes("folded", "malloc-leak.printed.txt")).Split('\n').Single(l => l.StartsWith("calls to allocation functions: ", StringComparison.Ordinal));
        Assert.StartsWith(FormattableString.Invariant($"calls to allocation functions: {Profile(Encoding.UTF8.GetString(Fixtures.Bytes("folded", "malloc-leak.allocations.folded"))).Dumps[0].LiveBytes} ("), printed, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_numbers_are_before_and_after()
    {
        var profile = Profile(Encoding.UTF8.GetString(Fixtures.Bytes("folded", "peak-to-leaked.folded")));
        Assert.Equal(["before", "after"], profile.Dumps.Select(d => d.Label));
        foreach (var (dump, file) in profile.Dumps.Zip(["malloc-leak.peak.folded", "malloc-leak.leaked.folded"]))
            Assert.Equal(Profile(Encoding.UTF8.GetString(Fixtures.Bytes("folded", file))).Dumps[0].LiveBytes, dump.LiveBytes);
    }

    [Theory]
    [InlineData("a;b c;d e 5\n", "a;b c;d e", 5)]
    [InlineData("a;b -5\nc;d 1\n", "a;b", -5)]
    [InlineData("a;b 2.25\na;b 2.5\n", "a;b", 5)]
    [InlineData("a;b 5\na;b 7\n", "a;b", 12)]
    [InlineData("a;b 12 34\nc 5\n", "a;b 12", 34)]
    [InlineData("# cpu time\na;b 5\n", "a;b", 5)]
    [InlineData("a;b 5\r\nc;d 6\r\n", "a;b", 5)]
    [InlineData("\nswapper;[unknown] 5\n", "swapper;[unknown]", 5)]
    public void A_stack_is_what_stands_before_the_last_blank(string text, string stack, long weight)
    {
        var profile = Profile(text);
        var site = profile.Dumps[0].Sites[0];
        Assert.Equal((stack, weight), (Folded(profile, site), site.Live!.Value));
    }

    [Fact]
    public void Marks_behind_names_are_taken_off()
    {
        var frames = Profile("java;main_[j];loop_[i];read_[k];0x7f188eea57b9 1\n").Callchains[0].Frames;
        Assert.Equal([(null, null, false), ("read", "[kernel]", false), ("loop", null, true), ("main", "[jit]", false), ("java", null, false)], frames.Select(f => (f.Function, f.Module, f.Inlined)));
        Assert.Equal((FrameAddressKind.Absolute, 0x7f188eea57b9ul), (frames[0].AddressKind, frames[0].Address));
    }

    [Theory]
    [InlineData("handle (app/server.py:87)", "handle", "app/server.py", 87)]
    [InlineData("Handler::operator()(int) const (malloc_leak.cpp)", "Handler::operator()(int) const", "malloc_leak.cpp", null)]
    [InlineData("std::pair<>::pair<>(std::tuple<>&) (tuple)", "std::pair<>::pair<>(std::tuple<>&)", "tuple", null)]
    [InlineData("f (a b)", "f (a b)", null, null)]
    [InlineData("f (native)", "f (native)", null, null)]
    [InlineData("operator()(int)", "operator()(int)", null, null)]
    public void A_place_behind_the_name_is_told_from_arguments(string name, string function, string? file, int? line)
    {
        var frame = Profile($"main;{name} 1\n").Callchains[0].Frames[0];
        Assert.Equal((function, file, line), (frame.Function, frame.File, frame.Line));
    }

    [Fact]
    public void Utf16_is_read()
    {
        byte[] file = [0xff, 0xfe, .. Encoding.Unicode.GetBytes("haupt;größe 5\r\nhaupt 6\r\n")];
        var profile = Reading.Of(file).Parsed.HeapProfiles[0];
        Assert.Equal([("größe", 5L), ("haupt", 6L)], profile.Dumps[0].Sites.Select(s => (profile.Callchains[s.Callchain].Frames[0].Function!, s.Live!.Value)));
    }

    [Fact]
    public void Lines_without_a_number_are_reported()
    {
        var parsed = Reading.Of(string.Concat(Enumerable.Repeat("a;b 5\n", 20)) + "cut;off\n");
        Assert.Equal(("FOLDED003", 21), (Assert.Single(parsed.Diagnostics).Id, parsed.Diagnostics[0].Line));
        Assert.Equal(100, parsed.HeapProfiles[0].Dumps[0].LiveBytes);
    }

    [Fact]
    public void Of_a_stack_that_is_too_deep_the_leaf_is_kept()
    {
        var profile = Profile(string.Join(';', Enumerable.Range(0, 1500).Select(i => $"f{i}")) + " 3\n");
        Assert.Equal((Limits.Default.CallchainFrames, "f1499"), (profile.Callchains[0].Frames.Count, profile.Callchains[0].Frames[0].Function));
        Assert.Equal("cut-stacks", Assert.Single(profile.Losses).Kind);
    }

    [Theory]
    [InlineData("anon 4096\nfile 8192\n")]
    [InlineData("nr_free_pages 10\nnr_inactive_anon 20\n")]
    [InlineData("int main(void) {\n  f(1); g(2); return 0;\n}\n")]
    [InlineData("2026-11-21 12:00:00 done; took 12\n2026-11-21 12:00:01 done; took 13\n")]
    [InlineData("a,b;c\n1;2\n")]
    public void Other_text_with_numbers_is_not_taken_for_stacks(string text) => Assert.NotEqual("folded", InputFormats.Sniff(Encoding.UTF8.GetBytes(text))?.Slug);

    /// <summary>A million lines of a thousand stacks: what is kept is the stacks.</summary>
    [Fact]
    public void Lines_that_repeat_cost_no_memory()
    {
        var line = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 1000).Select(i => FormattableString.Invariant($"main;loop;f{i % 50};leaf{i} 3\n"))));
        var once = AllocatedBy(line, 2);
        var often = AllocatedBy(line, 202);
        // The runtime itself takes some KiB of the thread when it compiles a busy method anew: less than a byte in ten lines is nothing.
        Assert.InRange(often - once, long.MinValue, (202 - 2) * 1000 / 10);
    }

    private static long AllocatedBy(byte[] lines, int times)
    {
        var text = new byte[lines.Length * times];
        for (var i = 0; i < times; i++) lines.CopyTo(text, i * lines.Length);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var parsed = InputFormats.Find("folded")!.Parse(text, new ParseOptions(Limits.Default));
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(3L * 1000 * times, parsed.HeapProfiles[0].Dumps[0].LiveBytes);
        return allocated;
    }

    private static HeapProfile Profile(string text) => Assert.Single(Reading.Of(text).HeapProfiles);

    /// <summary>The stack as the file has it; an address stands as it was printed.</summary>
    private static string Folded(HeapProfile profile, HeapSite site) =>
        string.Join(';', profile.Callchains[site.Callchain].Frames.Reverse().Select(f => (f.Function ?? FormattableString.Invariant($"0x{f.Address:x}")) + (f.File is null ? "" : $" ({f.File})")));
}
