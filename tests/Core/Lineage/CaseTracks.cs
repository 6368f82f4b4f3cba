using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MemScope.Core;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Formats;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>The smaps series of the captured cases as tracks, and what is known to be true of them.</summary>
internal static class CaseTracks
{
    private static readonly ConcurrentDictionary<string, Track> Tracks = new(StringComparer.Ordinal);

    public static Track Of(string name) => OfFile(Fixtures.Case(name, "smaps.tar.gz"));

    public static Track OfFile(string path) => Tracks.GetOrAdd(path, static p =>
    {
        using var file = File.OpenRead(p);
        var snapshots = CaptureReader.Read(file, Path.GetFileName(p), null, Limits.Default, CancellationToken.None).Parsed.Snapshots;
        return Track.Build(Maps.Process, SnapshotSource.Smaps, snapshots.Select(s => new TrackPoint(s.SeriesNumber!.Value, s.TakenAt!.Value, s.Vmas)));
    });

    /// <summary>The last snapshot of a case.</summary>
    public static VmaTable LastOf(string name) => Of(name).VmasAt(Of(name).Points.Count - 1);

    /// <summary>truth.json: what the program counted itself and what was fitted to the captured series.</summary>
    public static JsonElement Truth(string name) => JsonDocument.Parse(File.ReadAllBytes(Fixtures.Case(name, "truth.json"))).RootElement;

    /// <summary>Every mapping that the program made (+), moved or grew (~) and dropped (-), written by itself.</summary>
    public static IEnumerable<LedgerLine> Ledger(string name) =>
        Encoding.UTF8.GetString(Fixtures.Unzipped("cases", name, "ledger.tsv.gz")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(LedgerLine.Parse);
}

/// <summary>A line of a ledger. Addresses of a move: <see cref="OldStart"/> to <see cref="Start"/>.</summary>
internal sealed record LedgerLine(DateTimeOffset At, char Operation, string Site, ulong Start, ulong Length, ulong OldStart)
{
    public AddressRange Range => AddressRange.OfLength(Start, Length);

    public static LedgerLine Parse(string line)
    {
        var f = line.Split('\t');
        var at = DateTimeOffset.UnixEpoch.AddSeconds(double.Parse(f[0], CultureInfo.InvariantCulture));
        return new(at, f[1][0], f[2], Hex(f[3]), ulong.Parse(f[4], CultureInfo.InvariantCulture), f.Length > 5 && f[5].Length > 0 ? Hex(f[5]) : 0);
    }

    private static ulong Hex(string text) => ulong.Parse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
