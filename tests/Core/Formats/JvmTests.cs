using System.Globalization;
using System.Text;
using MemScope.Core.Formats;
using MemScope.Core.Model;

namespace MemScope.Tests;

public sealed class JvmTests
{
    [Theory]
    [InlineData("summary-bytes.txt")]
    [InlineData("at-exit.txt")]
    public void The_categories_add_up_to_the_total_where_it_is_printed_in_bytes(string file)
    {
        var figures = Of("jvm-nmt", file).Figures;
        Assert.Equal("Total", figures[0].Label);
        Assert.Equal(figures[0].Bytes["committed"], figures.Skip(1).Sum(f => f.Bytes["committed"]));
        Assert.Equal(figures[0].Bytes["reserved"], figures.Skip(1).Sum(f => f.Bytes["reserved"]));
    }

    [Fact]
    public void A_summary_in_kilobytes_differs_from_the_sum_by_its_rounding_and_what_it_omits()
    {
        var figures = Of("jvm-nmt", "summary.txt").Figures;
        var lines = Text("jvm-nmt", "summary.txt").Split('\n');
        Assert.Equal(lines.Count(l => l.StartsWith('-')) + 1, figures.Count);
        Assert.InRange(Math.Abs(figures[0].Bytes["committed"] - figures.Skip(1).Sum(f => f.Bytes["committed"])), 0, figures.Count * 1024);
        Assert.All(figures, f => Assert.Equal(int.Parse(lines[0].TrimEnd(':'), CultureInfo.InvariantCulture), f.Process.Pid));
        Assert.All(figures, f => Assert.Contains(lines, l => l.Contains(f.Label + (f.Label == "Total" ? ":" : ""), StringComparison.Ordinal) && l.Contains($"committed={f.Bytes["committed"] / 1024}KB", StringComparison.Ordinal)));
        var thread = figures.Single(f => f.Label == "Thread");
        Assert.Contains($"(stack: reserved={thread.Bytes["stack reserved"] / 1024}KB, committed={thread.Bytes["stack committed"] / 1024}KB)", lines.Single(l => l.Contains("(stack:", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains(lines, l => l.Contains($"(malloc={thread.Bytes["malloc"] / 1024}KB #{thread.Counts["malloc"]}) (peak={thread.Bytes["malloc peak"] / 1024}KB #{thread.Counts["malloc peak"]})", StringComparison.Ordinal));
        Assert.True(figures.Single(f => f.Label == "Class").Bytes.ContainsKey("Class space used"));
    }

    /// <summary>The program kept 8 direct buffers of 1 MiB between baseline and difference.</summary>
    [Fact]
    public void A_difference_has_the_new_values_and_the_changes()
    {
        var parsed = Of("jvm-nmt", "diff.txt");
        var other = parsed.Figures.Single(f => f.Label == "Other");
        Assert.Equal("diff", parsed.Version);
        Assert.Equal((8L << 20, 8L << 20, 8), (other.Bytes["committed change"], other.Bytes["malloc change"], other.Counts["malloc change"]));
        var total = parsed.Figures.Single(f => f.Label == "Total");
        Assert.Contains($"committed={total.Bytes["committed"] / 1024}KB +{total.Bytes["committed change"] / 1024}KB", Text("jvm-nmt", "diff.txt"), StringComparison.Ordinal);
        Assert.DoesNotContain(parsed.Diagnostics, d => d.Severity != Severity.Info);
    }

    [Fact]
    public void Call_sites_of_a_detail_become_a_heap_profile()
    {
        var parsed = Of("jvm-nmt", "detail.txt.gz");
        var profile = Assert.Single(parsed.HeapProfiles);
        var dump = Assert.Single(profile.Dumps);
        var text = Encoding.UTF8.GetString(Fixtures.Unzipped("jvm-nmt", "detail.txt.gz"));
        var details = text[text.IndexOf("\nDetails:", StringComparison.Ordinal)..].Split('\n');
        Assert.Equal(details.Count(l => l.StartsWith("    ", StringComparison.Ordinal) && (l.Contains("(malloc=", StringComparison.Ordinal) || l.Contains("(reserved=", StringComparison.Ordinal))), dump.Sites.Count);
        var buffers = dump.Sites.Single(s => profile.Callchains[s.Callchain].Frames[0].Function == "Unsafe_AllocateMemory0");
        Assert.Equal(("Other", 8L << 20, 8L), (buffers.Kind, buffers.Live, buffers.LiveCount));
        Assert.All(profile.Callchains, c => Assert.InRange(c.Frames.Count, 1, 4));
        Assert.Contains(dump.Sites, s => s.Kind == "mmap GC");
    }

    [Fact]
    public void A_difference_of_details_has_only_the_sites_that_changed_and_so_no_total()
    {
        var dump = Assert.Single(Assert.Single(Of("jvm-nmt", "detail-diff.txt").HeapProfiles).Dumps);
        Assert.Equal(("changed call sites", null), (dump.Label, dump.LiveBytes));
        Assert.Contains(dump.Sites, s => s is { Kind: "Other", Live: 8L << 20, LiveCount: 8 });
        Assert.Contains(dump.Sites, s => s.Kind == "mmap Thread Stack");
    }

    [Fact]
    public void A_class_histogram_has_the_classes_and_its_own_total()
    {
        var parsed = Of("jvm-histogram", "class_histogram.txt");
        var profile = Assert.Single(parsed.HeapProfiles);
        var dump = Assert.Single(profile.Dumps);
        var total = Text("jvm-histogram", "class_histogram.txt").TrimEnd().Split('\n')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal((total[1], total[2]), (Invariant(dump.LiveCount), Invariant(dump.LiveBytes)));
        Assert.Equal((dump.LiveCount, dump.LiveBytes), (dump.Sites.Sum(s => s.LiveCount), dump.Sites.Sum(s => s.Live)));
        Assert.Contains(profile.Callchains, c => c.Frames.Single().Function == "java.lang.String (java.base@17.0.15)");
        Assert.NotNull(profile.Process.Pid);
        Assert.Empty(parsed.Diagnostics);
    }

    private static ParsedCapture Of(string folder, string file)
    {
        var parsed = Reading.Of(Fixtures.Bytes(folder, file), file).Parsed;
        Assert.Equal(folder, parsed.Format);
        return parsed;
    }

    private static string Invariant(long? number) => number!.Value.ToString(CultureInfo.InvariantCulture);

    private static string Text(string folder, string file) => Encoding.UTF8.GetString(Fixtures.Bytes(folder, file));
}
