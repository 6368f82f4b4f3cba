using System.Globalization;

namespace MemScope.Tests;

/// <summary>
/// What jeprof and google-pprof print (<c>--text --show_bytes</c>), recorded beside a profile: for each measure its name and the report, whose first line is <c>Total: 1440919 B</c>.
/// A profile in which a measure is zero has no such line.
/// </summary>
internal static class PrintedTotals
{
    public static Dictionary<string, long> Of(params string[] fixture)
    {
        var totals = new Dictionary<string, long>(StringComparer.Ordinal);
        var measure = "";
        foreach (var line in File.ReadLines(Fixtures.PathOf(fixture)))
        {
            if (line is "inuse_space" or "inuse_objects" or "alloc_space" or "alloc_objects") totals[measure = line] = 0;
            else if (line.StartsWith("Total: ", StringComparison.Ordinal)) totals[measure] = long.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
        }
        return totals;
    }
}
