using System.IO.Compression;
using MemScope.Core.Analysis.Lineage;

namespace MemScope.Storage.Blocks;

/// <summary>
/// Neighbouring snapshots of one track as one compressed value, lossless: every column, absent numbers, names and flags. Of the first snapshot and of each further one is written what differs from
/// what was expected: from the snapshot before, and from the other figures of the same row (<see cref="BlockColumns"/>). Layout of version 2, numbers as LEB128:
/// <code>
/// version, length of the content, content (zlib):
/// snapshots, shift of addresses, number of strings, then by part { length, bytes }:
/// strings | number Δ, taken-at ticks Δ | runs of rows (kept, dropped, inserted) | changes of start (gap, Δ) | changes of end | inserted rows: start behind the end above, length
/// by column, by snapshot: 0 absent | 1 as expected | 2 all rows hold | 3 all Δ | 4 + n changes (gap, Δ)
/// </code>
/// </summary>
internal static class SnapshotBlockCodec
{
    /// <summary>The version written. Kept beside each block, and its first byte. Version 1 is read.</summary>
    public const byte Version = 2;

    /// <summary>Most snapshots in a block.</summary>
    public const int MostSnapshots = 60;

    /// <summary>Most mappings in a block of several snapshots: bounds the memory that reading one takes.</summary>
    public const int MostVmas = 500_000;

    /// <summary>Memory that a block may take when it is read: 1 GiB.</summary>
    public const long DefaultBudgetBytes = 1L << 30;

    /// <summary>Bytes of a block's content.</summary>
    public const int MostInflatedBytes = 512 << 20;

    /// <summary>Writes 1 to <see cref="MostSnapshots"/> snapshots.</summary>
    /// <param name="points">The snapshots, in the order in which they are read back.</param>
    /// <param name="level">A block of one that waits to be folded is written fast; one that stays is written small.</param>
    public static byte[] Encode(IReadOnlyList<TrackPoint> points, CompressionLevel level = CompressionLevel.Optimal)
    {
        if (points.Count is 0 or > MostSnapshots) throw new ArgumentException("not a block's number of snapshots", nameof(points));
        return SnapshotBlockWriter.Write(points, points.Min(p => p.Number), level);
    }

    /// <summary>Cuts snapshots into runs that make a block each: within the bounds, and within a UTC day, so that a day can be dropped.</summary>
    /// <param name="points">Snapshots in the order of time.</param>
    public static IEnumerable<IReadOnlyList<TrackPoint>> Split(IEnumerable<TrackPoint> points)
    {
        var run = new List<TrackPoint>();
        long vmas = 0;
        foreach (var point in points)
        {
            if (run.Count > 0 && (run.Count == MostSnapshots || vmas + point.Vmas.Count > MostVmas || run[^1].TakenAt.UtcDateTime.Date != point.TakenAt.UtcDateTime.Date))
            {
                yield return run;
                run = [];
                vmas = 0;
            }
            run.Add(point);
            vmas += point.Vmas.Count;
        }
        if (run.Count > 0) yield return run;
    }

    /// <summary>Reads a block.</summary>
    /// <param name="block">What <see cref="Encode"/> returned.</param>
    /// <param name="firstNumber">The least number of its snapshots: the block holds only differences to it, so that it can be written before numbers are given out.</param>
    /// <param name="budgetBytes">Memory that its tables may take.</param>
    /// <exception cref="InvalidDataException">The bytes are damaged or ask for more than the budget.</exception>
    public static IReadOnlyList<TrackPoint> Decode(byte[] block, int firstNumber, long budgetBytes = DefaultBudgetBytes) => [.. Read(block, firstNumber, new StringPool(), budgetBytes)];

    /// <summary>Reads a block snapshot by snapshot; each shares with the one before the columns in which they are equal.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged, ask for more than the budget, or are of a version that is not known.</exception>
    public static IEnumerable<TrackPoint> Read(byte[] block, int firstNumber, StringPool pool, long budgetBytes = DefaultBudgetBytes) => block switch
    {
        [Version, ..] => ReadNow(block, firstNumber, pool, budgetBytes),
        [BlockV1Codec.Version, ..] => BlockV1Codec.Decode(block, firstNumber, pool, budgetBytes),
        [] => throw new InvalidDataException("empty"),
        _ => throw new InvalidDataException($"A snapshot block was written by version {block[0]} of its codec, which this program cannot read."),
    };

    private static IEnumerable<TrackPoint> ReadNow(byte[] block, int firstNumber, StringPool pool, long budgetBytes)
    {
        using var reader = SnapshotBlockReader.Open(block, firstNumber, pool, budgetBytes);
        while (reader.Left > 0) yield return reader.Read();
    }
}
