using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Storage.Blocks;

/// <summary>
/// Reads blocks of version 1, which was written until November 2026: snapshot by snapshot, column by column, all in one zlib stream. Layout, numbers as LEB128:
/// <code>
/// snapshots { number Δ, taken-at ticks Δ, new strings, runs of rows (kept, dropped, inserted),
///             inserted rows: start behind the last inserted row's end, length; kept rows: changes of start, changes of length;
///             per column: 0 absent | 1 as guessed | 2 changes (gap, Δ) | 3 all Δ }
/// </code>
/// </summary>
internal static class BlockV1Codec
{
    /// <summary>The first byte of such a block.</summary>
    public const byte Version = 1;

    private const int Absent = 0, Guessed = 1, Sparse = 2, Dense = 3;

    /// <summary>Reads a block; see <see cref="SnapshotBlockCodec"/>.</summary>
    public static List<TrackPoint> Decode(ReadOnlySpan<byte> block, int firstNumber, StringPool pool, long budgetBytes)
    {
        var reader = PackedReader.Open(block, Version, (int)Math.Min(budgetBytes, SnapshotBlockCodec.MostInflatedBytes), pool);
        var budget = new MemoryBudget(budgetBytes);
        var strings = new List<string>();
        var before = BlockV1Frame.Empty;
        var table = VmaTable.Empty;
        long number = firstNumber, ticks = 0;
        var points = new List<TrackPoint>();
        for (var left = reader.Count(SnapshotBlockCodec.MostSnapshots); left > 0; left--)
        {
            number = unchecked(number + reader.Signed());
            ticks = unchecked(ticks + reader.Signed());
            if (number is < int.MinValue or > int.MaxValue || ticks < 0 || ticks > DateTimeOffset.MaxValue.UtcTicks) throw new InvalidDataException("number or time out of range");
            var frame = ReadFrame(reader, before, strings, budget);
            table = frame.ToTable(before, table, strings);
            before = frame;
            points.Add(new TrackPoint((int)number, new DateTimeOffset(ticks, TimeSpan.Zero), table));
        }
        reader.End();
        return points;
    }

    private static BlockV1Frame ReadFrame(PackedReader reader, BlockV1Frame before, List<string> strings, MemoryBudget budget)
    {
        for (var fresh = reader.CountOf(1); fresh > 0; fresh--) strings.Add(reader.Text());
        var runs = new RowRun[reader.CountOf(3)];
        var count = 0L;
        for (var r = 0; r < runs.Length; r++)
        {
            // An inserted row takes two bytes at least; a kept one exists already: no count here can outgrow what is at hand.
            runs[r] = new RowRun(reader.Count(before.Count), reader.Count(before.Count), reader.CountOf(2));
            count += runs[r].Kept + runs[r].Inserted;
        }
        budget.Take(count * (sizeof(int) + (2 * sizeof(ulong))));
        var rows = BlockV1Rows.Of(runs, before.Count, (int)Math.Min(count, int.MaxValue));
        var (starts, ends) = ReadAddresses(reader, before, rows);
        var columns = new long[]?[BlockColumns.Count];
        for (var c = 0; c < columns.Length; c++) columns[c] = ReadColumn(reader, before, rows, c, starts, ends, budget);
        if (columns.Take(BlockColumns.Flags).Any(c => c is null)) throw new InvalidDataException("column missing");
        return new BlockV1Frame(starts, ends, columns);
    }

    private static (ulong[] Starts, ulong[] Ends) ReadAddresses(PackedReader reader, BlockV1Frame before, BlockV1Rows rows)
    {
        var count = rows.Before.Length;
        ulong[] starts = new ulong[count], ends = new ulong[count];
        var behind = 0UL;
        for (var i = 0; i < count; i++)
        {
            if (rows.Before[i] is >= 0 and var b)
            {
                (starts[i], ends[i]) = (before.Starts[b], before.Ends[b]);
                continue;
            }
            starts[i] = unchecked(behind + (ulong)reader.Signed());
            behind = ends[i] = unchecked(starts[i] + reader.Number());
        }
        var changes = ReadChanges(reader, count, (i, delta) => starts[i] = unchecked(starts[i] + (ulong)delta));
        changes += ReadChanges(reader, count, (i, delta) => ends[i] = unchecked(ends[i] + (ulong)delta));
        return rows.IsIdentity && changes == 0 ? (before.Starts, before.Ends) : (starts, ends);
    }

    private static int ReadChanges(PackedReader reader, int count, Action<int, long> apply)
    {
        var changes = reader.CountOf(2);
        var at = 0;
        for (var left = changes; left > 0; left--)
        {
            if (at >= count) throw new InvalidDataException("change behind the last row");
            at += reader.Count(count - 1 - at);
            apply(at++, reader.Signed());
        }
        return changes;
    }

    private static long[]? ReadColumn(PackedReader reader, BlockV1Frame before, BlockV1Rows rows, int column, ulong[] starts, ulong[] ends, MemoryBudget budget)
    {
        var mode = reader.Count(Dense);
        if (mode == Absent) return null;
        if (mode == Guessed && rows.IsIdentity && before.Columns[column] is { } same) return same;
        budget.Take(rows.Before.Length * 2L * sizeof(long)); // once as numbers, once as the table's own type
        var values = new long[rows.Before.Length];
        var left = mode == Sparse ? reader.CountOf(2) : 0;
        var next = left > 0 ? reader.Count(values.Length) : -1;
        for (var i = 0; i < values.Length; i++)
        {
            var expected = Expected(before, rows, column, i, values, starts, ends);
            if (mode == Dense) expected = unchecked(expected + reader.Signed());
            else if (i == next)
            {
                expected = unchecked(expected + reader.Signed());
                next = --left > 0 ? i + 1 + reader.Count(values.Length) : -1;
            }
            values[i] = expected;
        }
        return left == 0 ? values : throw new InvalidDataException("change behind the last row");
    }

    private static long Expected(BlockV1Frame before, BlockV1Rows rows, int column, int row, long[] values, ulong[] starts, ulong[] ends) =>
        rows.Before[row] is >= 0 and var b && before.Columns[column] is { } known ? known[b] : BlockV1Frame.Guess(column, row, values, starts, ends);
}
