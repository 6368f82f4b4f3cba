using System.Globalization;
using System.Text.Json;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Api;

/// <summary>What is true of a case: written down beside its capture, or summed from its text.</summary>
internal static class Truth
{
    /// <summary>truth.json of a case.</summary>
    public static JsonElement Of(string name) => JsonDocument.Parse(File.ReadAllBytes(Fixtures.Case(name, "truth.json"))).RootElement;

    /// <summary>Process id of a case.</summary>
    public static int Pid(string name) => Of(name).GetProperty("process").GetProperty("pid").GetInt32();

    /// <summary>Fitted slope of RSS, bytes per second.</summary>
    public static double SlopeOfRss(string name) => Of(name).GetProperty("measured").GetProperty("Rss").GetProperty("slope_per_s").GetDouble();

    /// <summary>Sum of the Rss lines of every smaps file of a case, in bytes, in the order of the archive.</summary>
    public static IReadOnlyList<long> RssOfText(string name) =>
        [.. Fixtures.Members("cases", name, "smaps.tar.gz").OrderBy(m => m.Name, StringComparer.Ordinal).Select(m => SumOfRss(System.Text.Encoding.UTF8.GetString(m.Text)))];

    /// <summary>Sum of the Rss lines of a smaps text, in bytes.</summary>
    public static long SumOfRss(string smaps) => smaps.Split('\n').Where(l => l.StartsWith("Rss:", StringComparison.Ordinal))
        .Sum(l => long.Parse(l[4..^2].Trim(), CultureInfo.InvariantCulture)) * 1024;
}
