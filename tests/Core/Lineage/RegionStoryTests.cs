using MemScope.Core.Analysis.Lineage;

namespace MemScope.Tests;

/// <summary>Histories in words.</summary>
public sealed class RegionStoryTests
{
    [Fact]
    public void The_story_of_the_growing_region_of_ucx_is_three_sentences()
    {
        var track = CaseTracks.Of("ucx-leak");
        var region = track.RegionOf(0, track.VmasAt(0).IndexOf(0x7f1f62200000 - 1))!;
        var (first, last) = (track.RangeOf(region, 0), track.RangeOf(region, track.Points.Count - 1));
        var steps = region.Changes.Count(c => c.Kind == RegionChangeKind.Grown);

        var story = RegionStory.Tell(track, region);

        Assert.Equal(3, story.Count);
        Assert.StartsWith($"There with {RegionWords.Size(first.Length)} in the first snapshot, #1 (", story[0], StringComparison.Ordinal);
        Assert.Contains($"its end stayed and its start slid down {steps} times, +{RegionWords.Size(last.Length - first.Length)} in all", story[1], StringComparison.Ordinal);
        Assert.EndsWith($"with {RegionWords.Size(last.Length)}.", story[2], StringComparison.Ordinal);
    }

    [Fact]
    public void The_story_of_the_index_says_how_its_moves_are_known()
    {
        var moving = CaseTracks.Ledger("raw-mmap-leak").Last(l => l.Site == "index_grow").Start;
        string Moves(Track track) => Assert.Single(RegionStory.Tell(track, track.RegionOf(track.Points.Count - 1, track.VmasAt(track.Points.Count - 1).IndexOf(moving))!), s => s.Contains(" it moved ", StringComparison.Ordinal) && s.Contains(" times", StringComparison.Ordinal));

        Assert.Contains("(inferred from its size and use)", Moves(CaseTracks.Of("raw-mmap-leak")), StringComparison.Ordinal);
        Assert.Contains("of them shown by a trace, the others inferred)", Moves(CaseTraces.Track("raw-mmap-leak", "strace/raw-mmap-leak.txt.gz")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_move_onto_a_part_of_the_old_place_is_a_move_like_the_others()
    {
        var moving = CaseTracks.Ledger("raw-mmap-leak").Last(l => l.Site == "index_grow").Start;
        var track = CaseTracks.Of("raw-mmap-leak");
        var region = track.RegionOf(track.Points.Count - 1, track.VmasAt(track.Points.Count - 1).IndexOf(moving))!;
        var moves = region.Changes.Where(c => c.Kind == RegionChangeKind.Moved).ToList();

        Assert.Contains(moves, c => c.Before.Overlap(c.After) > 0);
        Assert.All(moves, c => Assert.StartsWith($"moved from {c.Before.Start:x} to {c.After.Start:x}", RegionWords.Describe(c), StringComparison.Ordinal));
        Assert.Single(RegionStory.Tell(track, region), s => s.Contains($" it moved {moves.Count} times", StringComparison.Ordinal));
        Assert.DoesNotContain(RegionStory.Tell(track, region), s => s.Contains("far apart", StringComparison.Ordinal));
    }

    [Fact]
    public void A_birth_a_join_and_an_end_are_told_with_number_and_time()
    {
        var track = Maps.Track("900-910 rw-p 4", "100-110 rw-p 64\n900-910 rw-p 4", "100-110 rw-p 64\n120-200 rw-p 64\n900-910 rw-p 4", "100-200 rw-p 900\n900-910 rw-p 4", "900-910 rw-p 4");

        Assert.Equal(
        [
            "Born at #3 (12:00:02) with 896 KiB.",
            "At #4 (12:00:03) it took in 64 KiB at 100000, a region of its own since #2.",
            "Gone at #5 (12:00:04); it was 1,024 KiB.",
        ], RegionStory.Tell(track, track.RegionOf(3, 0)!));
        Assert.Equal("At #4 (12:00:03) its 64 KiB were joined into the mapping of 1,024 KiB at 100000.", RegionStory.Tell(track, track.RegionOf(1, 0)!)[^1]);
    }

    [Fact]
    public void A_region_that_does_everything_all_day_still_has_a_short_story()
    {
        var (start, end, lines) = (0x1000, 0x2000, new List<string>());
        for (var i = 0; i < 200; i++)
        {
            if (i % 4 == 1) start--;
            if (i % 4 == 2) end++;
            lines.Add($"{start:x}-{end:x} {(i % 4 == 3 ? "r--p" : "rw-p")} 4");
        }
        var track = Maps.Track([.. lines]);

        Assert.Contains(track.Regions, r => r.Changes.Count > 50);
        foreach (var region in track.Regions) Assert.InRange(RegionStory.Tell(track, region).Count, 2, 12);
    }

    [Fact]
    public void Every_region_of_every_case_and_of_random_histories_has_a_story()
    {
        var tracks = Fixtures.Cases.Select(CaseTracks.Of).Concat(Enumerable.Range(0, 40).Select(seed => Maps.Track([.. Enumerable.Range(0, 8).Select(_ => RandomTables.Text(new Random(seed)))])));
        foreach (var track in tracks)
            Assert.All(track.Regions, r => Assert.All(RegionStory.Tell(track, r), s => Assert.EndsWith(".", s, StringComparison.Ordinal)));
    }
}
