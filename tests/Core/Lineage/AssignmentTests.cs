using MemScope.Core.Analysis.Lineage;

namespace MemScope.Tests;

/// <summary>The best pairing against trying everything.</summary>
public sealed class AssignmentTests
{
    [Fact]
    public void The_sum_of_weights_is_the_greatest_possible()
    {
        for (var seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            var (earlier, later) = (1 + random.Next(5), 1 + random.Next(5));
            var candidates = new List<Candidate>();
            for (var i = 0; i < earlier; i++)
                for (var j = 0; j < later; j++)
                    if (random.Next(3) > 0) candidates.Add(new(i, j, 0.01 + random.NextDouble()));

            var chosen = Assignment.Solve(earlier, later, candidates);

            Assert.Equal(Best(0, earlier, [], candidates), chosen.Select((j, i) => j < 0 ? 0 : candidates.Single(c => c.Earlier == i && c.Later == j).Weight).Sum(), 9);
            Assert.Equal(chosen.Count(j => j >= 0), chosen.Where(j => j >= 0).Distinct().Count());
        }
    }

    [Fact]
    public void Thousands_of_entangled_rows_are_paired_in_moments()
    {
        var random = new Random(1);
        var candidates = Enumerable.Range(0, 40_000).Select(_ => new Candidate(random.Next(5000), random.Next(5000), random.NextDouble())).DistinctBy(c => (c.Earlier, c.Later)).ToList();

        var chosen = Assignment.Solve(5000, 5000, candidates);

        Assert.Equal(chosen.Count(j => j >= 0), chosen.Where(j => j >= 0).Distinct().Count());
        Assert.True(chosen.Count(j => j >= 0) > 4000);
    }

    private static double Best(int row, int rows, HashSet<int> taken, List<Candidate> candidates)
    {
        if (row == rows) return 0;
        var best = Best(row + 1, rows, taken, candidates);
        foreach (var c in candidates.Where(c => c.Earlier == row && !taken.Contains(c.Later)))
        {
            taken.Add(c.Later);
            best = Math.Max(best, c.Weight + Best(row + 1, rows, taken, candidates));
            taken.Remove(c.Later);
        }
        return best;
    }
}
