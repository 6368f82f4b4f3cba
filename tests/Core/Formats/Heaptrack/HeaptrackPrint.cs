using System.Globalization;
using System.Text;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>What heaptrack_print printed of a fixture (tests/fixtures/heaptrack/record.sh), and its ways to print numbers and stacks.</summary>
internal static class HeaptrackPrint
{
    /// <summary>A line of the summary: <c>Summary(text, "peak heap memory consumption")</c> is <c>12.63M</c>.</summary>
    public static string Summary(string text, string key)
    {
        var line = text.Split('\n').Single(l => l.StartsWith(key + ": ", StringComparison.Ordinal));
        return line[(key.Length + 2)..].Split(' ')[0];
    }

    /// <summary>The text of a gzipped file beside the fixtures.</summary>
    public static string Text(string file) => Encoding.UTF8.GetString(Fixtures.Unzipped("heaptrack", file));

    /// <summary>formatBytes of heaptrack_print.cpp: decimal units, two digits behind the point.</summary>
    public static string Bytes(long bytes)
    {
        var units = new[] { "B", "K", "M", "G", "T" };
        var (value, unit) = ((double)bytes, 0);
        while (unit < units.Length - 1 && Math.Abs(value) > 1000)
        {
            value /= 1000;
            unit++;
        }
        return unit == 0 ? bytes.ToString(CultureInfo.InvariantCulture) + "B" : value.ToString("F2", CultureInfo.InvariantCulture) + units[unit];
    }

    /// <summary>Folded stacks with their costs; equal stacks are summed.</summary>
    public static SortedDictionary<string, long> Folded(string file)
    {
        var costs = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var line in Text(file).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var blank = line.LastIndexOf(' ');
            Add(costs, line[..blank], long.Parse(line[(blank + 1)..], CultureInfo.InvariantCulture));
        }
        return costs;
    }

    /// <summary>The same of what was read.</summary>
    public static SortedDictionary<string, long> Folded(HeapProfile profile, Func<HeapSite, long?> cost)
    {
        var costs = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var site in profile.Dumps[^1].Sites) Add(costs, Fold(profile.Callchains[site.Callchain]), cost(site)!.Value);
        return costs;
    }

    /// <summary>
    /// printFlamegraph: the callers first, up to the first main, __libc_start_main or static initialization; of one address the innermost function first, behind it those that it was inlined into.
    /// </summary>
    private static string Fold(Callchain chain)
    {
        var addresses = new List<List<RawFrame>> { new() };
        foreach (var frame in chain.Frames)
        {
            addresses[^1].Add(frame);
            if (!frame.Inlined) addresses.Add([]);
        }
        addresses.RemoveAt(addresses.Count - 1);
        var stop = addresses.FindIndex(a => a[0].Function is "main" or "__libc_start_main" or "__static_initialization_and_destruction_0");
        var kept = stop < 0 ? addresses : addresses[..(stop + 1)];
        var text = new StringBuilder();
        foreach (var address in Enumerable.Reverse(kept))
        {
            for (var i = 0; i < address.Count; i++)
            {
                text.Append(address[i].Function ?? (i == 0 ? $"0x{address[^1].Address:x}" : ""));
                if (address[i].File is { } file) text.Append(" (").Append(file.AsSpan(file.LastIndexOf('/') + 1)).Append(')');
                else if (i > 0) text.Append(" ()");
                text.Append(';');
            }
        }
        return text.ToString();
    }

    private static void Add(SortedDictionary<string, long> costs, string stack, long cost)
    {
        if (cost == 0) return;
        costs[stack] = costs.GetValueOrDefault(stack) + cost;
    }
}
