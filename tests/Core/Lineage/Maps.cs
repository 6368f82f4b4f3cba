using System.Globalization;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>Small address spaces as text: one line per mapping, <c>7f10-7f20 rw-p 64 /lib/x.so</c> = range in pages (hex), permissions, Rss in KiB, name.</summary>
internal static class Maps
{
    public const ulong PageBytes = 4096;

    public static readonly Guid Process = Guid.Parse("01900000-0000-7000-8000-00000000a11a");

    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Rss may be <c>64/12</c> with the anonymous part behind the slash, or <c>-</c> for a source without numbers. Files get an inode from their name, or none with <paramref name="inodes"/> false.</summary>
    public static VmaTable Table(string text, bool inodes = true)
    {
        var builder = new VmaTable.Builder();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var parts = line.Split(' ', 4, StringSplitOptions.RemoveEmptyEntries);
            var range = parts[0].Split('-');
            var name = parts.Length > 3 ? parts[3] : "";
            var file = inodes && name.StartsWith('/');
            builder.Add(Page(range[0]), Page(range[1]), Permissions(parts[1]), 0, 0, 0, file ? InodeOf(name) : 0, name);
            if (parts[2] == "-") continue;
            var numbers = parts[2].Split('/');
            builder.Set(Metric.Rss, long.Parse(numbers[0], CultureInfo.InvariantCulture));
            builder.Set(Metric.Pss, long.Parse(numbers[0], CultureInfo.InvariantCulture));
            if (numbers.Length > 1) builder.Set(Metric.Anonymous, long.Parse(numbers[1], CultureInfo.InvariantCulture));
        }
        return builder.Build();
    }

    /// <summary>A track of address spaces one second apart, numbered from 1.</summary>
    public static Track Track(params string[] texts) =>
        MemScope.Core.Analysis.Lineage.Track.Build(Process, SnapshotSource.Smaps, texts.Select((text, i) => Point(i + 1, Table(text))));

    public static TrackPoint Point(int number, VmaTable vmas) => new(number, Noon.AddSeconds(number - 1), vmas);

    /// <summary><c>7f10-7f20</c>, in pages.</summary>
    public static AddressRange Range(string text) => new(Page(text.Split('-')[0]), Page(text.Split('-')[1]));

    public static VmaPermissions Permissions(string text)
    {
        var permissions = VmaPermissions.None;
        if (text[0] == 'r') permissions |= VmaPermissions.Read;
        if (text[1] == 'w') permissions |= VmaPermissions.Write;
        if (text[2] == 'x') permissions |= VmaPermissions.Execute;
        if (text[3] == 's') permissions |= VmaPermissions.Shared;
        return permissions;
    }

    private static ulong Page(string hex) => ulong.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture) * PageBytes;

    private static ulong InodeOf(string name) => 1000 + (ulong)name.Replace(" (deleted)", "", StringComparison.Ordinal).Sum(c => c);
}
