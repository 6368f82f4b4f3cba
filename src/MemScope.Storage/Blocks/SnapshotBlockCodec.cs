using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Storage.Blocks;

/// <summary>
/// Neighbouring snapshots of one track as one compressed value, lossless: every column, absent numbers, names and flags. The first is written whole, each further one as
/// what changed since the one before, column by column; then all is deflated. Layout of version 1, numbers as LEB128:
/// <code>
/// snapshots { number Δ, taken-at ticks Δ, new strings, runs of rows (kept, dropped, inserted),
///             inserted rows: start behind the last inserted row's end, length; kept rows: changes of start, changes of length;
///             per column: 0 absent | 1 as guessed | 2 changes (gap, Δ) | 3 all Δ }
/// </code>
/// </summary>
internal static class SnapshotBlockCodec
{
    /// <summary>The version written. Kept beside each block, and its first byte.</summary>
    public const byte Version = 1;

    /// <summary>Most snapshots in a block.</summary>
    public const int MostSnapshots = 60;

    /// <summary>Memory that a block may take when it is read: 1 GiB.</summary>
    public const long DefaultBudgetBytes = 1L << 30;

    private const int MostInflatedBytes = 512 << 20;
    private const int Absent = 0, Guessed = 1, Sparse = 2, Dense = 3;

    /// <summary>Writes 1 to <see cref="MostSnapshots"/> snapshots.</summary>
    public static byte[] Encode(IReadOnlyList<TrackPoint> points)
    {
        if (points.Count is 0 or > MostSnapshots) throw new ArgumentException("not a block's number of snapshots", nameof(points));
        var writer = new PackedWriter();
        var strings = new Dictionary<string, int>(StringComparer.Ordinal);
        var before = BlockFrame.Empty;
        long number = points[0].Number, ticks = 0;
        writer.Count(points.Count);
        foreach (var point in points)
        {
            writer.Signed(point.Number - number);
            writer.Signed(unchecked(point.TakenAt.UtcTicks - ticks));
            (number, ticks) = (point.Number, point.TakenAt.UtcTicks);
            before = WriteFrame(writer, before, point.Vmas, strings);
        }
        return writer.Finish(Version);
    }

    /// <summary>Reads a block.</summary>
    /// <param name="block">What <see cref="Encode"/> returned.</param>
    /// <param name="firstNumber">Number of its first snapshot: the block holds only differences to it, so that it can be written before numbers are given out.</param>
    /// <param name="budgetBytes">Memory that its tables may take.</param>
    /// <exception cref="InvalidDataException">The bytes are damaged or ask for more than the budget.</exception>
    public static IReadOnlyList<TrackPoint> Decode(ReadOnlySpan<byte> block, int firstNumber, long budgetBytes = DefaultBudgetBytes) =>
        Decode(block, firstNumber, new StringPool(), budgetBytes);

    internal static List<TrackPoint> Decode(ReadOnlySpan<byte> block, int firstNumber, StringPool pool, long budgetBytes)
    {
        var reader = PackedReader.Open(block, Version, (int)Math.Min(budgetBytes, MostInflatedBytes), pool);
        var budget = new MemoryBudget(budgetBytes);
        var strings = new List<string>();
        var before = BlockFrame.Empty;
        var table = VmaTable.Empty;
        long number = firstNumber, ticks = 0;
        var points = new List<TrackPoint>();
        for (var left = reader.Count(MostSnapshots); left > 0; left--)
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

    private static BlockFrame WriteFrame(PackedWriter writer, BlockFrame before, VmaTable table, Dictionary<string, int> strings)
    {
        var known = strings.Count;
        var frame = BlockFrame.Of(table, strings);
        writer.Count(strings.Count - known);
        foreach (var text in strings.Skip(known)) writer.Text(text.Key);
        var rows = RowAlignment.Between(before, frame);
        writer.Count(rows.Runs.Count);
        foreach (var (kept, dropped, inserted) in rows.Runs)
        {
            writer.Count(kept);
            writer.Count(dropped);
            writer.Count(inserted);
        }
        WriteAddresses(writer, before, frame, rows);
        for (var c = 0; c < BlockFrame.ColumnCount; c++) WriteColumn(writer, before, frame, rows, c);
        return frame;
    }

    private static BlockFrame ReadFrame(PackedReader reader, BlockFrame before, List<string> strings, MemoryBudget budget)
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
        var rows = RowAlignment.Of(runs, before.Count, (int)Math.Min(count, int.MaxValue));
        var (starts, ends) = ReadAddresses(reader, before, rows);
        var columns = new long[]?[BlockFrame.ColumnCount];
        for (var c = 0; c < columns.Length; c++) columns[c] = ReadColumn(reader, before, rows, c, starts, ends, budget);
        if (columns.Take(BlockFrame.Flags).Any(c => c is null)) throw new InvalidDataException("column missing");
        return new BlockFrame(starts, ends, columns);
    }

    private static void WriteAddresses(PackedWriter writer, BlockFrame before, BlockFrame frame, RowAlignment rows)
    {
        var behind = 0UL;
        for (var i = 0; i < frame.Count; i++)
        {
            if (rows.Before[i] != RowAlignment.New) continue;
            writer.Signed(unchecked((long)(frame.Starts[i] - behind)));
            writer.Number(unchecked(frame.Ends[i] - frame.Starts[i]));
            behind = frame.Ends[i];
        }
        WriteChanges(writer, rows, i => unchecked((long)(frame.Starts[i] - before.Starts[rows.Before[i]])));
        WriteChanges(writer, rows, i => unchecked((long)(frame.Ends[i] - before.Ends[rows.Before[i]])));
    }

    private static (ulong[] Starts, ulong[] Ends) ReadAddresses(PackedReader reader, BlockFrame before, RowAlignment rows)
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

    private static void WriteChanges(PackedWriter writer, RowAlignment rows, Func<int, long> delta)
    {
        var changes = new List<(int Row, long Delta)>();
        for (var i = 0; i < rows.Before.Length; i++)
            if (rows.Before[i] != RowAlignment.New && delta(i) is not 0 and var d) changes.Add((i, d));
        WriteChanges(writer, changes);
    }

    private static void WriteChanges(PackedWriter writer, List<(int Row, long Delta)> changes)
    {
        writer.Count(changes.Count);
        var at = 0;
        foreach (var (row, delta) in changes)
        {
            writer.Count(row - at);
            writer.Signed(delta);
            at = row + 1;
        }
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

    private static void WriteColumn(PackedWriter writer, BlockFrame before, BlockFrame frame, RowAlignment rows, int column)
    {
        if (frame.Columns[column] is not { } values)
        {
            writer.Count(Absent);
            return;
        }
        var changes = new List<(int Row, long Delta)>();
        for (var i = 0; i < values.Length; i++)
            if (unchecked(values[i] - Expected(before, rows, column, i, values, frame.Starts, frame.Ends)) is not 0 and var delta) changes.Add((i, delta));
        if (changes.Count == 0) writer.Count(Guessed);
        else if (changes.Count < values.Length / 3)
        {
            writer.Count(Sparse);
            WriteChanges(writer, changes);
        }
        else
        {
            writer.Count(Dense);
            for (int i = 0, c = 0; i < values.Length; i++) writer.Signed(c < changes.Count && changes[c].Row == i ? changes[c++].Delta : 0);
        }
    }

    private static long[]? ReadColumn(PackedReader reader, BlockFrame before, RowAlignment rows, int column, ulong[] starts, ulong[] ends, MemoryBudget budget)
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

    private static long Expected(BlockFrame before, RowAlignment rows, int column, int row, long[] values, ulong[] starts, ulong[] ends) =>
        rows.Before[row] is >= 0 and var b && before.Columns[column] is { } known ? known[b] : BlockFrame.Guess(column, row, values, starts, ends);
}
