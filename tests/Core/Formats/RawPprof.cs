using System.Globalization;

namespace MemScope.Tests;

/// <summary>
/// What <c>go tool pprof -raw</c> prints, recorded beside a profile:
/// <code>
/// Samples:
/// alloc_objects/count alloc_space/bytes inuse_objects/count inuse_space/bytes
///         372     524992        372     524992: 3 5 2
///                 bytes:[1408]
/// Locations
///      1: 0x6b19af M=1 main.churn /tmp/m.go:23 s=0
///              main.main /tmp/m.go:31 s=0
/// Mappings
/// 1: 0x400000/0x6b3000/0x0 /tmp/m  [FN]
/// </code>
/// </summary>
/// <param name="Types">Name and unit of each value; <c>[dflt]</c> taken off.</param>
/// <param name="Values">By sample.</param>
/// <param name="Stacks">Numbers of the locations by sample.</param>
/// <param name="Labels">By sample, as printed.</param>
/// <param name="Locations">By number: the lines as printed.</param>
/// <param name="Mappings">As printed.</param>
internal sealed record RawPprof(string[] Types, List<long[]> Values, List<int[]> Stacks, List<string> Labels, Dictionary<int, List<string>> Locations, List<string> Mappings)
{
    public long Sum(string type) => Values.Sum(v => v[Array.IndexOf(Types, type)]);

    public static RawPprof Read(params string[] fixture)
    {
        var lines = File.ReadAllLines(Fixtures.PathOf(fixture));
        var samples = Array.IndexOf(lines, "Samples:") + 1;
        int locations = Array.IndexOf(lines, "Locations"), mappings = Array.IndexOf(lines, "Mappings");
        var raw = new RawPprof([.. lines[samples].Split(' ').Select(t => t.Replace("[dflt]", "", StringComparison.Ordinal))], [], [], [], [], [.. lines[(mappings + 1)..]]);
        foreach (var line in lines[(samples + 1)..locations])
        {
            if (line.Contains(":[", StringComparison.Ordinal))
            {
                raw.Labels[^1] += line.Trim();
                continue;
            }
            var parts = line.Split(':');
            raw.Values.Add(Numbers(parts[0], s => long.Parse(s, CultureInfo.InvariantCulture)));
            raw.Stacks.Add(Numbers(parts[1], s => int.Parse(s, CultureInfo.InvariantCulture)));
            raw.Labels.Add("");
        }
        var number = 0;
        foreach (var line in lines[(locations + 1)..mappings])
        {
            var colon = line.IndexOf(": 0x", StringComparison.Ordinal);
            if (colon >= 0) raw.Locations[number = int.Parse(line[..colon], CultureInfo.InvariantCulture)] = [line[(colon + 2)..]];
            else raw.Locations[number].Add(line.Trim());
        }
        return raw;
    }

    private static T[] Numbers<T>(string text, Func<string, T> parse) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(parse)];
}
