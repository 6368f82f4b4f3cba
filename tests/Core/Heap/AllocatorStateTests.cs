using System.Xml.Linq;
using MemScope.Core.Analysis.Findings;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Heap;
using MemScope.Core.Model;

namespace MemScope.Tests;

public sealed class AllocatorStateTests
{
    private const int Blocks = 85412 - 7768; // truth.json of glibc-fragmentation: total_count less outstanding_count_at_end

    /// <summary>truth.json: live bytes fall from their peak to what is left; glibc's chunks are longer than their blocks by a header of 8 bytes, what fills them up to 16, and a rest below 32 (MINSIZE) that is not worth a chunk, and its threads keep some freed ones in their caches, which it counts as in use.</summary>
    [Fact]
    public void In_glibc_fragmentation_what_is_in_use_falls_by_what_the_program_freed_and_what_is_held_stays()
    {
        var states = AllocatorStates.Of(HeapCases.FragmentationFigures());
        Assert.Equal(9, states.Count);
        Assert.Equal(states.OrderBy(s => s.At), states);
        var live = CaseTracks.Truth("glibc-fragmentation").GetProperty("live_bytes");
        var freed = live.GetProperty("peak").GetInt64() - live.GetProperty("at_end").GetInt64();
        var (full, last) = (states.MaxBy(s => s.InUseBytes)!, states[^1]);
        const long caches = 8 * 64 * 7 * 1032L; // threads, sizes, chunks of a size, the longest one: tcache
        Assert.InRange(full.InUseBytes!.Value - last.InUseBytes!.Value, freed - caches, freed + ((8 + 15 + 31L) * Blocks));
        Assert.Equal(full.HeldBytes, last.HeldBytes);
        Assert.All(states, s => Assert.Equal(s.HeldBytes, s.InUseBytes + s.FreeBytes));
        Assert.True(last.FreeBytes > last.InUseBytes * 6);
        // Resident memory stays as well.
        var track = CaseTracks.Of("glibc-fragmentation");
        var rss = TrackSeries.Total(track, Metric.Rss);
        Assert.InRange(rss[^1] - rss[track.Points.ToList().FindIndex(p => p.TakenAt >= full.At)], -1e6, 8e6);
    }

    [Fact]
    public void In_use_at_several_times_is_a_course_and_leaves_the_growth_of_rss_to_the_allocator()
    {
        var course = Assert.Single(AllocatorStates.Courses(AllocatorStates.Of(HeapCases.FragmentationFigures())));
        Assert.Equal(("malloc-info", Guid.Empty, 9, true), (course.Tool, course.Profile, course.Moments.Count, course.IsComplete));
        // From 5 s, when a third was allocated, to the end, when less is live: all growth is residual.
        var residual = Residual.Of(HeapCases.File(CaseTracks.Of("glibc-fragmentation")), course)!;
        Assert.True(residual.LiveBytes < 0);
        Assert.Equal(1, residual.Share);
    }

    [Fact]
    public void Malloc_info_gives_one_state_of_a_moment_whatever_the_number_of_arenas_and_names_the_fullest_by_the_files_own_keys()
    {
        var dump = XElement.Parse(HeapCases.Text(Fixtures.Bytes("cases", "glibc-fragmentation", "run", "malloc_info.t045.xml")));
        var state = Assert.Single(AllocatorStates.Of(HeapCases.Figures("cases", "glibc-fragmentation", "run", "malloc_info.t045.xml")));
        long Size(XElement of, string element, string type) => (long)of.Elements(element).Single(e => (string?)e.Attribute("type") == type).Attribute("size")!;
        var (system, mapped, free) = (Size(dump, "system", "current"), Size(dump, "total", "mmap"), Size(dump, "total", "fast") + Size(dump, "total", "rest"));
        Assert.Equal((system + mapped, free, system + mapped - free), (state.HeldBytes, state.FreeBytes, state.InUseBytes));
        Assert.Equal(system, state.Keys.Single(k => k.Key == "system").Value);
        var fullest = dump.Elements("heap").OrderByDescending(h => Size(h, "total", "rest")).First();
        Assert.Contains(new KeyValuePair<string, long>($"heap {(string)fullest.Attribute("nr")!} rest", Size(fullest, "total", "rest")), state.Keys);
        Assert.Null(state.RetainedBytes);
    }

    [Fact]
    public void Of_several_dumps_without_a_time_the_last_counts_and_one_without_its_sums_gives_nothing()
    {
        var figures = HeapCases.Figures("malloc-info", "arenas.xml");
        var last = figures.Last(f => f.Label is null);
        Assert.Equal(last.Bytes["system"] + last.Bytes["mmap"], Assert.Single(AllocatorStates.Of(figures)).HeldBytes);
        Assert.Empty(AllocatorStates.Of([.. figures.Where(f => f.Label is not null)]));
        Assert.Empty(AllocatorStates.Of([Figures("status", ("VmRSS", 1))]));
    }

    [Fact]
    public void Malloc_stats_counts_mappings_in_and_says_nothing_when_its_numbers_began_at_0_again()
    {
        var (info, stats) = (AllocatorStates.Of(HeapCases.Figures("malloc-info", "arenas.xml"))[0], AllocatorStates.Of(HeapCases.Figures("malloc-stats", "arenas.txt"))[0]);
        Assert.Equal(info.HeldBytes, stats.HeldBytes);
        Assert.Equal(stats.HeldBytes, stats.InUseBytes + stats.FreeBytes);
        var wrapped = new[] { Figures("malloc-stats", "arena 0", ("system", 3L << 30), ("in use", 2L << 30)), Figures("malloc-stats", "arena 1", ("system", 3L << 30), ("in use", 1L << 30)), Figures("malloc-stats", ("system", 2L << 30), ("in use", 3L << 30)) };
        Assert.Empty(AllocatorStates.Of(wrapped));
    }

    /// <summary>jemalloc(3): resident comprises metadata, active and dirty pages, and not muzzy ones.</summary>
    [Theory]
    [InlineData("json.txt.gz")]
    [InlineData("text.txt.gz")]
    public void Of_jemalloc_everything_resident_is_in_use_its_own_or_free(string file)
    {
        var figures = HeapCases.Figures("jemalloc-stats", file);
        var state = Assert.Single(AllocatorStates.Of(figures));
        var bytes = figures[^1].Bytes;
        Assert.Equal((bytes["allocated"], bytes["metadata"], bytes["retained"]), (state.InUseBytes, state.MetadataBytes, state.RetainedBytes));
        Assert.Equal(state.HeldBytes, state.InUseBytes + state.MetadataBytes + state.FreeBytes);
        Assert.Equal(bytes["resident"] + bytes["muzzy"], state.HeldBytes);
        Assert.Equal(bytes["dirty"] + bytes["muzzy"], state.DecayingBytes);
        Assert.True(state.FreeBytes >= state.DecayingBytes);
    }

    [Fact]
    public void A_jvms_native_memory_is_what_is_committed_with_its_parts_as_keys()
    {
        var figures = HeapCases.Figures("jvm-nmt", "summary.txt");
        var state = Assert.Single(AllocatorStates.Of(figures));
        var total = figures.Single(f => f.Label == "Total").Bytes;
        Assert.Equal((total["committed"], total["reserved"] - total["committed"]), (state.HeldBytes, state.RetainedBytes));
        Assert.Null(state.InUseBytes);
        Assert.Equal(figures.Where(f => f.Label != "Total").Sum(f => f.Bytes["committed"]), state.Keys.Where(k => k.Key.EndsWith(" committed", StringComparison.Ordinal)).Sum(k => k.Value));
        Assert.Empty(AllocatorStates.Courses([state]));
    }

    /// <summary>runtime.MemStats: Sys is the sum of all that was taken; idle spans that were not released go back in time.</summary>
    [Fact]
    public void Of_go_what_was_taken_and_not_released_is_held()
    {
        var figures = HeapCases.Figures("go-memstats", "vars.txt");
        var state = AllocatorStates.Of(figures)[^1];
        var b = figures[^1].Bytes;
        Assert.Equal((b["HeapAlloc"], b["Sys"] - b["HeapReleased"], b["HeapReleased"]), (state.InUseBytes, state.HeldBytes, state.RetainedBytes));
        Assert.Equal(b["HeapIdle"] - b["HeapReleased"], state.DecayingBytes);
        // What is left of it are stacks, and all of it adds up.
        Assert.Equal(b["StackSys"], state.HeldBytes - state.InUseBytes - state.FreeBytes - state.MetadataBytes);
        Assert.False(Assert.Single(AllocatorStates.Courses([state])).IsComplete);
    }

    [Fact]
    public void Negative_and_enormous_numbers_give_no_figure_rather_than_a_false_one()
    {
        const long most = long.MaxValue;
        AllocatorState Of(string kind, params (string, long)[] bytes) => Assert.Single(AllocatorStates.Of([Figures(kind, kind == "jvm-nmt" ? "Total" : null, bytes)]));
        var negative = Of("malloc-info", ("system", 10), ("fast", -1), ("rest", 5), ("mmap", -3));
        Assert.Equal((null, null, null), (negative.InUseBytes, negative.HeldBytes, negative.FreeBytes));
        Assert.Null(Of("malloc-info", ("system", 10), ("fast", most), ("rest", most), ("mmap", 0)).FreeBytes);
        Assert.Equal(most, Of("malloc-info", ("system", most), ("fast", 0), ("rest", 0), ("mmap", most)).HeldBytes);
        Assert.Null(Of("jemalloc-stats", ("allocated", most), ("metadata", most), ("resident", 5), ("muzzy", 1)).FreeBytes);
        Assert.Null(Of("go-memstats", ("HeapAlloc", 5), ("Sys", 3), ("HeapReleased", 4), ("HeapIdle", 1)).HeldBytes);
        Assert.Null(Of("jvm-nmt", ("committed", most), ("reserved", 1)).RetainedBytes);
        Assert.Empty(AllocatorStates.Of([Figures("malloc-info", ("system", -1))]));
    }

    private static SideFacts Figures(string kind, params (string Key, long Bytes)[] bytes) => Figures(kind, null, bytes);

    private static SideFacts Figures(string kind, string? label, params (string Key, long Bytes)[] bytes) =>
        new(kind, label, HeapCases.Received, bytes.ToDictionary(b => b.Key, b => b.Bytes, StringComparer.Ordinal), new Dictionary<string, long>(StringComparer.Ordinal));
}
