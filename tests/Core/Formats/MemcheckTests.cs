using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MemScope.Core.Formats;
using MemScope.Core.Model;

namespace MemScope.Tests;

public sealed partial class MemcheckTests
{
    private static readonly string[] Kinds = ["definitely lost", "indirectly lost", "possibly lost", "still reachable", "suppressed"];

    [Theory]
    [InlineData("memcheck/lost.all.txt", 2)]
    [InlineData("memcheck/lost.default.txt", 2)]
    [InlineData("memcheck/lost.summary.txt", 2)]
    [InlineData("memcheck/malloc-leak.txt", 1)]
    [InlineData("leak-oracle/leak.memcheck.txt", 1)]
    public void The_sites_of_each_process_add_up_to_its_leak_summary_by_kind(string file, int processes)
    {
        var parsed = Parse(file);
        Assert.Empty(parsed.Complaints());
        Assert.Equal(processes, parsed.HeapProfiles.Count);
        foreach (var profile in parsed.HeapProfiles)
        {
            var dump = Assert.Single(profile.Dumps);
            Assert.Equal("leaks", dump.Label);
            foreach (var kind in Kinds)
            {
                var (bytes, blocks) = Summed(file, profile.Process.Pid!.Value, kind);
                var sites = dump.Sites.Where(s => s.Kind == kind).ToList();
                Assert.Equal(bytes, sites.Sum(s => s.Live));
                if (sites.TrueForAll(s => s.LiveCount is not null)) Assert.Equal(blocks, sites.Sum(s => s.LiveCount));
            }
            Assert.Equal(Kinds.Sum(k => Summed(file, profile.Process.Pid!.Value, k).Bytes), dump.LiveBytes);
            Assert.Equal(Kinds.Sum(k => Summed(file, profile.Process.Pid!.Value, k).Blocks), dump.LiveCount);
        }
    }

    [Fact]
    public void A_process_and_its_child_are_told_apart_and_the_programs_output_is_passed_over()
    {
        var parsed = Parse("memcheck/lost.all.txt");
        var (parent, child) = (parsed.HeapProfiles[0], parsed.HeapProfiles[1]);
        Assert.Equal("./lost", parent.Process.CommandLine);
        Assert.Equal(parent.Process.Pid + 1, child.Process.Pid);
        Assert.Equal((7013, 23), (parent.Dumps[0].AllocatedBytes, parent.Dumps[0].AllocatedCount));
        Assert.Equal((7269, 27), (child.Dumps[0].AllocatedBytes, child.Dumps[0].AllocatedCount));
        var error = Assert.Single(parsed.Diagnostics);
        Assert.Equal("MEMCHECK003", error.Id);
        Assert.Contains("Invalid read of size 1", error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_leak_stands_at_its_stack()
    {
        var profile = Parse("memcheck/lost.all.txt").HeapProfiles[0];
        var sites = profile.Dumps[0].Sites.Select(s => (s.Kind, s.Live, s.LiveCount, string.Join(' ', profile.Callchains[s.Callchain].Frames.Select(f => $"{f.Function}:{f.Line}"))));
        Assert.Equal(
        [
            ("possibly lost", 700, 1, "malloc: main:34"),
            ("indirectly lost", 1216, 19, "calloc: make_list:17 lose:26 main:35"),
            ("definitely lost", 64, 1, "calloc: make_list:17 lose:26 main:35"),
            ("still reachable", 5000, 1, "malloc: main:33"),
        ], sites);
    }

    /// <summary>1,280 (64 direct, 1,216 indirect) bytes: the 64 are lost definitely, and of the 1,216 no other stack is printed.</summary>
    [Fact]
    public void What_is_lost_indirectly_and_not_listed_stands_where_the_block_that_leads_to_it_does()
    {
        var profile = Parse("memcheck/lost.default.txt").HeapProfiles[0];
        var sites = profile.Dumps[0].Sites;
        Assert.Equal(64, Assert.Single(sites, s => s.Kind == "definitely lost").Live);
        var indirect = Assert.Single(sites, s => s.Kind == "indirectly lost");
        Assert.Equal((1216, sites.Single(s => s.Kind == "definitely lost").Callchain), (indirect.Live!.Value, indirect.Callchain));
        Assert.Equal(-1, Assert.Single(sites, s => s.Kind == "still reachable").Callchain);
    }

    [Fact]
    public void A_time_stamp_is_the_time_of_the_check()
    {
        var profile = Parse("memcheck/lost.default.txt").HeapProfiles[0];
        var last = Encoding.UTF8.GetString(Fixtures.Bytes("memcheck", "lost.default.txt")).TrimEnd().Split('\n')[^1];
        Assert.StartsWith("==00:00:00:00.", last, StringComparison.Ordinal);
        Assert.Equal((ClockDomain.Relative, long.Parse(last[14..17], CultureInfo.InvariantCulture) * 1_000_000), (profile.Clock, profile.Dumps[0].Time!.Value));
    }

    [Fact]
    public void Xml_and_text_of_the_same_program_tell_the_same()
    {
        foreach (var which in (string[])["all", "default"])
        {
            var text = Parse($"memcheck/lost.{which}.txt").HeapProfiles[0];
            var xml = Assert.Single(Parse($"memcheck-xml/lost.{which}.xml").HeapProfiles);
            static IEnumerable<string> Sites(HeapProfile p) => p.Dumps[0].Sites.Where(s => s.Callchain >= 0)
                .Select(s => FormattableString.Invariant($"{s.Kind} {s.Live} {s.LiveCount} {string.Join(' ', p.Callchains[s.Callchain].Frames.Select(f => $"{f.Address:x} {f.Function} {Path.GetFileName(f.File)}:{f.Line}"))}"))
                .Order(StringComparer.Ordinal);
            Assert.Equal(Sites(text), Sites(xml));
            Assert.Equal("./lost", xml.Process.CommandLine);
            Assert.NotNull(xml.Process.Pid);
        }
    }

    [Fact]
    public void Xml_that_ends_when_the_program_died_keeps_what_was_listed()
    {
        var whole = Encoding.UTF8.GetString(Fixtures.Bytes("memcheck-xml", "lost.all.xml"));
        var parsed = Reading.Of(whole[..whole.LastIndexOf("<frame>", StringComparison.Ordinal)]);
        Assert.Equal("MEMCHECK008", Assert.Single(parsed.Complaints()).Id);
        Assert.Equal(3, Assert.Single(parsed.HeapProfiles).Dumps[0].Sites.Count);
    }

    [Fact]
    public void Bytes_that_xml_forbids_stand_in_the_name()
    {
        var bytes = Fixtures.Bytes("memcheck-xml", "lost.all.xml");
        var at = bytes.AsSpan().IndexOf("make_list"u8);
        (bytes[at], bytes[at + 1], bytes[at + 2]) = (1, 0xff, 0x7f);
        var parsed = Reading.Of(bytes).Parsed;
        Assert.Empty(parsed.Complaints());
        Assert.Contains(parsed.HeapProfiles[0].Callchains, c => c.Frames.Any(f => f.Function == "\\x01\\xff\\x7fe_list"));
    }

    [Theory]
    [InlineData("4")]
    [InlineData("5")]
    [InlineData("6")]
    public void The_protocol_is_the_version(string protocol)
    {
        var text = Encoding.UTF8.GetString(Fixtures.Bytes("memcheck-xml", "lost.all.xml")).Replace("<protocolversion>4<", $"<protocolversion>{protocol}<", StringComparison.Ordinal);
        Assert.Equal(protocol, Reading.Of(text).Version);
    }

    /// <summary>Lines of valgrind's source and manual; a check that was asked for while the program runs (vgdb).</summary>
    [Fact]
    public void A_repeated_check_is_a_further_dump()
    {
        const string summary = "==7==    definitely lost: {0} bytes in {1} blocks\n==7==    indirectly lost: 0 (+0) bytes in 0 (+0) blocks\n==7==      possibly lost: 0 (+0) bytes in 0 (+0) blocks\n"
            + "==7==    still reachable: 0 (+0) bytes in 0 (+0) blocks\n==7==         suppressed: 0 (+0) bytes in 0 (+0) blocks\n";
        var parsed = Reading.Of("==7== 1,234 bytes in 1 blocks are definitely lost in loss record 1 of 1\n==7==    at 0x10: f (a.c:1)\n==7== \n==7== LEAK SUMMARY:\n"
            + string.Format(CultureInfo.InvariantCulture, summary, "1,234 (+1,234)", "1 (+1)")
            + "==7== 2,468 (+1,234) bytes in 2 (+1) blocks are definitely lost in new loss record 1 of 1\n==7==    at 0x10: f (a.c:1)\n==7==\n==7== LEAK SUMMARY:\n"
            + string.Format(CultureInfo.InvariantCulture, summary, "2,468 (+1,234)", "2 (+1)"));
        Assert.Empty(parsed.Complaints());
        Assert.Equal([(1234L, 1L), (2468L, 2L)], Assert.Single(parsed.HeapProfiles).Dumps.Select(d => (d.LiveBytes!.Value, d.LiveCount!.Value)));
        Assert.Single(parsed.HeapProfiles[0].Callchains);
    }

    /// <summary>The lines of the parent and of the child of a real log, one by one in turn, with the program's between them.</summary>
    [Fact]
    public void Lines_of_two_processes_in_turn_are_two_reports()
    {
        var lines = Encoding.UTF8.GetString(Fixtures.Bytes("memcheck", "lost.all.txt")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var whole = Parse("memcheck/lost.all.txt");
        List<string> Of(int process) => [.. lines.Where(l => l.Contains($"=={whole.HeapProfiles[process].Process.Pid}==", StringComparison.Ordinal))];
        var (parent, child) = (Of(0), Of(1));
        var mixed = Enumerable.Range(0, Math.Max(parent.Count, child.Count)).SelectMany(i => parent.Skip(i).Take(1).Append("the program's line").Concat(child.Skip(i).Take(1)));
        var parsed = Reading.Of(string.Join('\n', mixed) + "\n");
        static IEnumerable<(int?, string?, long?, string)> Sites(ParsedCapture p) => p.HeapProfiles.SelectMany(h => h.Dumps[0].Sites.Select(s =>
            (h.Process.Pid, s.Kind, s.Live, s.Callchain < 0 ? "" : string.Join(' ', h.Callchains[s.Callchain].Frames.Select(f => $"{f.Function}:{f.Line}")))));
        Assert.Equal(Sites(whole), Sites(parsed));
        Assert.Empty(parsed.Complaints());
    }

    [Fact]
    public void Sums_of_numbers_that_no_heap_can_have_stay_at_the_greatest()
    {
        var leak = "==7== 9,223,372,036,854,775,000 bytes in 1 blocks are definitely lost in loss record 1 of 2\n==7==    at 0x10: f (a.c:1)\n==7== \n";
        Assert.Equal(long.MaxValue, Reading.Of("==7== HEAP SUMMARY:\n" + leak + leak).HeapProfiles[0].Dumps[0].LiveBytes);
    }

    [Fact]
    public void A_program_that_freed_all_leaks_nothing()
    {
        var parsed = Reading.Of("==7== Using Valgrind-3.19.0\n==7== HEAP SUMMARY:\n==7==     in use at exit: 0 bytes in 0 blocks\n==7==   total heap usage: 1 allocs, 1 frees, 33 bytes allocated\n==7== \n"
            + "==7== All heap blocks were freed -- no leaks are possible\n");
        Assert.Empty(parsed.Complaints());
        var dump = Assert.Single(Assert.Single(parsed.HeapProfiles).Dumps);
        Assert.Equal((0L, 33L), (dump.LiveBytes!.Value, dump.AllocatedBytes!.Value));
        Assert.Empty(dump.Sites);
    }

    [Fact]
    public void A_log_that_ends_early_keeps_the_leaks_and_says_so()
    {
        var text = Encoding.UTF8.GetString(Fixtures.Bytes("memcheck", "lost.all.txt"));
        var parsed = Reading.Of(text[..text.LastIndexOf("LEAK SUMMARY", StringComparison.Ordinal)]);
        Assert.Equal("MEMCHECK006", Assert.Single(parsed.Complaints()).Id);
        Assert.Equal(64 + 1216 + 700 + 5000, parsed.HeapProfiles[0].Dumps[0].LiveBytes);
    }

    [Fact]
    public void The_messages_of_another_tool_of_valgrind_are_refused_with_advice()
    {
        var refused = Reading.Refused(Fixtures.Bytes("leak-oracle", "leak.dhat.err"));
        Assert.Contains("DHAT", refused.Message, StringComparison.Ordinal);
        Assert.Contains("dhat.out", refused.Message, StringComparison.Ordinal);
    }

    private static ParsedCapture Parse(string file) => Reading.Of(Fixtures.Bytes(file.Split('/')), Path.GetFileName(file)).Parsed;

    /// <summary>The line of LEAK SUMMARY that memcheck printed.</summary>
    private static (long Bytes, long Blocks) Summed(string file, int pid, string kind)
    {
        var text = Encoding.UTF8.GetString(Fixtures.Bytes(file.Split('/')));
        var line = text.Split('\n').Single(l => l.Contains($"{pid}==", StringComparison.Ordinal) && l.Contains($" {kind}: ", StringComparison.Ordinal));
        var numbers = Numbers().Match(line);
        static long Of(Group g) => long.Parse(g.Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
        return (Of(numbers.Groups["bytes"]), Of(numbers.Groups["blocks"]));
    }

    [GeneratedRegex("(?<bytes>[0-9,]+) bytes in (?<blocks>[0-9,]+) blocks", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Numbers();
}
