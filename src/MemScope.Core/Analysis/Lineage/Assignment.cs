namespace MemScope.Core.Analysis.Lineage;

/// <summary>A possible continuation of an earlier row by a later one.</summary>
/// <param name="Earlier">Position in the list of earlier candidates.</param>
/// <param name="Later">Position in the list of later candidates.</param>
/// <param name="Weight">How plausible, above 0.</param>
internal readonly record struct Candidate(int Earlier, int Later, double Weight);

/// <summary>Pairs earlier with later rows so that the sum of the weights is greatest; each row is used once at most.</summary>
internal static class Assignment
{
    /// <summary>Rows of one connected component on the smaller side up to which the best pairing is computed; beyond, the heaviest candidates are taken first.</summary>
    private const int ExactSide = 96;

    /// <summary>For each earlier row the later one, or -1.</summary>
    public static int[] Solve(int earlierCount, int laterCount, List<Candidate> candidates)
    {
        var result = new int[earlierCount];
        Array.Fill(result, -1);
        foreach (var component in Components(earlierCount, laterCount, candidates))
        {
            if (component.Count == 1) result[component[0].Earlier] = component[0].Later;
            else SolveComponent(component, result);
        }
        return result;
    }

    private static List<List<Candidate>> Components(int earlierCount, int laterCount, List<Candidate> candidates)
    {
        var parent = new int[earlierCount + laterCount];
        for (var i = 0; i < parent.Length; i++) parent[i] = i;
        foreach (var c in candidates) parent[Root(parent, c.Earlier)] = Root(parent, earlierCount + c.Later);
        var groups = new Dictionary<int, List<Candidate>>();
        foreach (var c in candidates)
        {
            var root = Root(parent, c.Earlier);
            if (!groups.TryGetValue(root, out var group)) groups.Add(root, group = []);
            group.Add(c);
        }
        return [.. groups.Values];
    }

    private static int Root(int[] parent, int i)
    {
        while (parent[i] != i) i = parent[i] = parent[parent[i]];
        return i;
    }

    private static void SolveComponent(List<Candidate> component, int[] result)
    {
        var rows = component.Select(c => c.Earlier).Distinct().Order().ToArray();
        var columns = component.Select(c => c.Later).Distinct().Order().ToArray();
        if (Math.Min(rows.Length, columns.Length) > ExactSide || Math.Max(rows.Length, columns.Length) > 4 * ExactSide)
        {
            Greedy(component, result);
            return;
        }
        var weights = new double[rows.Length, columns.Length];
        foreach (var c in component)
        {
            var (row, column) = (Array.BinarySearch(rows, c.Earlier), Array.BinarySearch(columns, c.Later));
            weights[row, column] = Math.Max(weights[row, column], c.Weight);
        }
        var chosen = Hungarian(weights);
        for (var row = 0; row < rows.Length; row++)
        {
            if (chosen[row] >= 0 && weights[row, chosen[row]] > 0) result[rows[row]] = columns[chosen[row]];
        }
    }

    private static void Greedy(List<Candidate> component, int[] result)
    {
        var taken = new HashSet<int>();
        foreach (var c in component.OrderByDescending(c => c.Weight).ThenBy(c => c.Earlier).ThenBy(c => c.Later))
        {
            if (result[c.Earlier] < 0 && taken.Add(c.Later)) result[c.Earlier] = c.Later;
        }
    }

    /// <summary>The Hungarian method with potentials on costs = -weight, in O(n²m); pairs without a candidate cost 0, which is "unpaired".</summary>
    private static int[] Hungarian(double[,] weights)
    {
        var wide = weights.GetLength(0) <= weights.GetLength(1);
        int n = wide ? weights.GetLength(0) : weights.GetLength(1), m = wide ? weights.GetLength(1) : weights.GetLength(0);
        double Cost(int i, int j) => wide ? -weights[i - 1, j - 1] : -weights[j - 1, i - 1];
        var (u, v, match, way) = (new double[n + 1], new double[m + 1], new int[m + 1], new int[m + 1]);
        for (var i = 1; i <= n; i++)
        {
            match[0] = i;
            var column = 0;
            var least = new double[m + 1];
            Array.Fill(least, double.PositiveInfinity);
            var used = new bool[m + 1];
            do
            {
                used[column] = true;
                var (row, delta, next) = (match[column], double.PositiveInfinity, 0);
                for (var j = 1; j <= m; j++)
                {
                    if (used[j]) continue;
                    var reduced = Cost(row, j) - u[row] - v[j];
                    if (reduced < least[j]) (least[j], way[j]) = (reduced, column);
                    if (least[j] < delta) (delta, next) = (least[j], j);
                }
                for (var j = 0; j <= m; j++)
                {
                    if (used[j]) (u[match[j]], v[j]) = (u[match[j]] + delta, v[j] - delta);
                    else least[j] -= delta;
                }
                column = next;
            }
            while (match[column] != 0);
            while (column != 0) (match[column], column) = (match[way[column]], way[column]);
        }
        var result = new int[weights.GetLength(0)];
        Array.Fill(result, -1);
        for (var j = 1; j <= m; j++)
        {
            if (match[j] == 0) continue;
            if (wide) result[match[j] - 1] = j - 1;
            else result[j - 1] = match[j] - 1;
        }
        return result;
    }
}
