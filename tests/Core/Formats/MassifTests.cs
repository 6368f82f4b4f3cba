using System.Globalization;
using System.Text;
using MemScope.Core.Formats;
using MemScope.Core.Model;

namespace MemScope.Tests;

public sealed class MassifTests
{
    private const string Head = "desc: (none)\ncmd: ./a\ntime_unit: i\n";

    public static TheoryData<string, string> Recorded => new()
    {
        { "massif/malloc-leak.massif.out.gz", "massif/malloc-leak.ms_print.rows" },
        { "massif/malloc-leak.pages.massif.out.gz", "massif/malloc-leak.pages.ms_print.rows" },
        { "massif/stacks.ms.massif.out", "massif/stacks.ms.ms_print.rows" },
        { "massif/stacks.B.massif.out", "massif/stacks.B.ms_print.rows" },
        { "leak-oracle/leak.massif.out", "leak-oracle/leak.massif.ms_print" },
    };

    [Theory]
    [MemberData(nameof(Recorded))]
    public void Every_snapshot_is_the_row_that_ms_print_prints_of_it(string file, string rows)
    {
        var profile = Read(file);
        var printed = Rows(rows);
        Assert.Equal(printed.Count, profile.Timeline.Count);
        for (var i = 0; i < printed.Count; i++)
        {
            var (row, point) = (printed[i], profile.Timeline[i]);
            Assert.Equal<long[]>(row, [i, profile.Clock == ClockDomain.Relative ? point.Time / 1_000_000 : point.Time, point.LiveBytes + point.OverheadBytes!.Value + point.StackBytes!.Value,
                point.LiveBytes, point.OverheadBytes.Value, point.StackBytes.Value]);
        }
        Assert.Equal(printed.Max(r => r[3]), profile.PeakBytes);
    }

    [Theory]
    [MemberData(nameof(Recorded))]
    public void The_sites_of_a_dump_add_up_to_its_heap(string file, string rows)
    {
        var profile = Read(file);
        Assert.NotEmpty(rows);
        Assert.NotEmpty(profile.Dumps);
        Assert.All(profile.Dumps, d => Assert.Equal(d.LiveBytes, d.Sites.Sum(s => s.Live!.Value)));
        Assert.Single(profile.Dumps, d => d.Label == "peak");
        Assert.All(profile.Dumps, d => Assert.Contains(profile.Timeline, p => p.Time == d.Time && p.LiveBytes == d.LiveBytes));
    }

    [Fact]
    public void The_clock_is_that_of_the_time_unit()
    {
        Assert.Equal(ClockDomain.Instructions, Read("massif/malloc-leak.massif.out.gz").Clock);
        Assert.Equal(ClockDomain.Relative, Read("massif/stacks.ms.massif.out").Clock);
        Assert.Equal(ClockDomain.AllocatedBytes, Read("massif/stacks.B.massif.out").Clock);
    }

    [Fact]
    public void Pages_are_told_from_blocks()
    {
        var parsed = Parse("massif/malloc-leak.pages.massif.out.gz");
        Assert.Contains(parsed.HeapProfiles[0].Losses, l => l.Kind == "virtual-bytes");
        Assert.Contains(parsed.Diagnostics, d => d.Id == "MASSIF006");
        Assert.Empty(parsed.Complaints());
        Assert.Empty(Read("massif/malloc-leak.massif.out.gz").Losses);
    }

    /// <summary>heaptrack 1.4 prints the head behind the snapshots, times as seconds, and trees without bytes below the first line.</summary>
    [Fact]
    public void Heaptracks_export_is_read_with_its_head_at_the_end()
    {
        var profile = Read("massif/malloc-leak.heaptrack.massif");
        Assert.Equal("/opt/memscope-corpus/bin/malloc_leak 6000 8", profile.Process.CommandLine);
        Assert.Equal(ClockDomain.Relative, profile.Clock);
        var text = Encoding.UTF8.GetString(Fixtures.Bytes("massif", "malloc-leak.heaptrack.massif")).Split('\n');
        Assert.Equal(text.Where(l => l.StartsWith("time=", StringComparison.Ordinal)).Select(l => (long)(decimal.Parse(l[5..], CultureInfo.InvariantCulture) * 1_000_000_000)), profile.Timeline.Select(p => p.Time));
        Assert.Equal(text.Count(l => l == "heap_tree=detailed"), profile.Dumps.Count);
        Assert.All(profile.Dumps, d => Assert.Equal(d.LiveBytes, d.Sites.Sum(s => s.Live)));
    }

    [Fact]
    public void Frames_with_one_address_are_inlined_into_each_other()
    {
        var profile = Read("massif/malloc-leak.massif.out.gz");
        var stack = profile.Callchains[profile.Dumps[0].Sites.MaxBy(s => s.Live).Callchain].Frames;
        Assert.Equal(["allocate", "allocate", "_M_allocate", "_M_create_storage", "_Vector_base", "vector", "make_entry"], stack.Take(7).Select(f => f.Function));
        Assert.All(stack.Take(7), f => Assert.True(f.Inlined));
        Assert.Equal(("Handler::operator()(int) const", "malloc_leak.cpp", 41, false), (stack[8].Function, stack[8].File, stack[8].Line!.Value, stack[8].Inlined));
        Assert.Equal("main", stack[^1].Function);
    }

    [Theory]
    [InlineData("0x10: leaky (leak.c:12)", "leaky", "leak.c", 12, null)]
    [InlineData("0x10: operator()(int) const (a (b).cpp:7)", "operator()(int) const", "a (b).cpp", 7, null)]
    [InlineData("0x10: f(void (*)(int)) (in /opt/my lib (1).so)", "f(void (*)(int))", null, null, "/opt/my lib (1).so")]
    [InlineData("0x10: (below main) (libc_start_call_main.h:58)", "(below main)", "libc_start_call_main.h", 58, null)]
    [InlineData("0x10: foo(int)", "foo(int)", null, null, null)]
    [InlineData("0x10: ??? (in /lib/x.so)", null, null, null, "/lib/x.so")]
    [InlineData("0x10: ???", null, null, null, null)]
    public void A_label_is_read_from_the_right(string label, string? function, string? file, int? line, string? module)
    {
        var parsed = Reading.Of(Head + Snapshot(0, 100, "detailed", $"n1: 100 (heap allocation functions) malloc\n n0: 100 {label}\n"));
        Assert.Empty(parsed.Complaints());
        var frame = Assert.Single(Assert.Single(parsed.HeapProfiles[0].Callchains).Frames);
        Assert.Equal((16ul, function, file, line, module), (frame.Address, frame.Function, frame.File, frame.Line, frame.Module));
    }

    [Fact]
    public void What_lies_below_the_threshold_stands_at_the_stack_that_is_known()
    {
        var tree = "n2: 100 (heap allocation functions) malloc\n n2: 60 0x1: inner (a.c:1)\n  n0: 50 0x2: outer (a.c:2)\n  n0: 7 in 3 places, all below massif's threshold (1.00%)\n n0: 40 in 1 place, below massif's threshold (1.00%)\n";
        var profile = Reading.Of(Head + Snapshot(0, 100, "peak", tree)).HeapProfiles[0];
        var sites = profile.Dumps[0].Sites;
        Assert.Equal([(50L, null, 2), (7L, "below threshold", 1), (3L, null, 1), (40L, "below threshold", 0)],
            sites.Select(s => (s.Live!.Value, s.Kind, s.Callchain < 0 ? 0 : profile.Callchains[s.Callchain].Frames.Count)));
    }

    [Theory]
    [InlineData("\n n0: 100 0x1: ma")]
    [InlineData("\n")]
    [InlineData("")]
    public void A_snapshot_that_is_cut_off_is_left_out_and_the_others_are_kept(string end)
    {
        var parsed = Reading.Of(Head + Snapshot(0, 5, "empty", "") + Snapshot(1, 100, "detailed", "").TrimEnd('\n') + "\nn1: 100 (heap allocation functions) malloc" + end);
        Assert.Equal([5L], parsed.HeapProfiles[0].Timeline.Select(p => p.LiveBytes));
        Assert.Equal("MASSIF003", Assert.Single(parsed.Diagnostics).Id);
    }

    [Fact]
    public void Files_one_behind_the_other_are_profiles_of_their_own()
    {
        var parsed = Reading.Of(Head + Snapshot(0, 5, "empty", "") + Head.Replace("./a", "./b", StringComparison.Ordinal) + Snapshot(0, 7, "empty", ""));
        Assert.Equal([("./a", 5L), ("./b", 7L)], parsed.HeapProfiles.Select(p => (p.Process.CommandLine!, p.PeakBytes!.Value)));
    }

    private static string Snapshot(int number, long heap, string kind, string tree) =>
        FormattableString.Invariant($"#-----------\nsnapshot={number}\n#-----------\ntime={number}\nmem_heap_B={heap}\nmem_heap_extra_B=0\nmem_stacks_B=0\nheap_tree={kind}\n{tree}");

    private static HeapProfile Read(string file) => Assert.Single(Parse(file).HeapProfiles);

    private static ParsedCapture Parse(string file) => Reading.Of(Fixtures.Bytes(file.Split('/')), Path.GetFileName(file)).Parsed;

    /// <summary>The rows of ms_print's tables: number, time, total, useful heap, extra heap, stacks.</summary>
    private static List<long[]> Rows(string file) =>
        [.. File.ReadLines(Fixtures.PathOf(file.Split('/'))).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(c => c.Length == 6 && c.All(n => n.All(b => char.IsAsciiDigit(b) || b == ',')))
            .Select(c => c.Select(n => long.Parse(n, NumberStyles.AllowThousands, CultureInfo.InvariantCulture)).ToArray())];
}
