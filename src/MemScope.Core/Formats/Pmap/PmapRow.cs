using MemScope.Core.Formats.Smaps;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Pmap;

/// <summary>Reads one mapping of pmap by its layout:
/// <code>
/// 000055c9368f0000     132       8       8 rw---   [ anon ]
/// 00007fc51bddf000       8       4       4 rw-s- memfd:new\012line (deleted)
/// 00007fc51ac00000   2048K rw-s- anon_hugepage (deleted)
/// 00007f761bfff000      64 rw-s- 0000000000000000 000:00001   [ shmid=0x0 ]
///     7fc51bfd9000 r--p 001cf000  fe:00  332096    16    16   16 … 0 libc.so.6
/// ffffffffff600000 --xp 00000000  00:00       0     4 …            0                         ex [vsyscall]
/// </code>
/// </summary>
internal ref struct PmapRow
{
    /// <summary>The columns that are no text.</summary>
    public Cells Values;

    /// <summary>VmFlags, empty when there are none.</summary>
    public ReadOnlySpan<byte> Flags;

    /// <summary>The mapping column verbatim, with the two blanks in front that mark pmap's own words such as <c>  [ anon ]</c>.</summary>
    public ReadOnlySpan<byte> Mapping;

    /// <summary>Reads a row; numbers go to <paramref name="numbers"/> by metric (<see cref="VmaTable.Absent"/> where there is none). False when it does not fit the layout.</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, PmapLayout layout, Span<long> numbers, out PmapRow row)
    {
        row = default;
        numbers.Fill(VmaTable.Absent);
        var cursor = new ByteCursor(line);
        var modeStart = 0;
        var modeLength = 4;
        var columns = layout.Columns;
        for (var i = 0; i < columns.Count; i++)
        {
            var column = columns[i];
            if (column.Field is PmapField.Mapping)
            {
                row.Mapping = Name(line, cursor, layout.NameGap > 0 ? modeStart + layout.NameGap : -1, isPadded: modeLength == 4 && layout.Source is SnapshotSource.Pmap or SnapshotSource.PmapExtended);
                return true;
            }
            if (column.Field is PmapField.Flags)
            {
                row.Flags = TakeFlags(line, ref cursor, column.TitleEnd);
                continue;
            }
            cursor.SkipBlanks();
            if (column.Field is PmapField.Mode) (modeStart, modeLength) = (line.Length - cursor.Rest.Length, 0);
            var before = cursor.Rest.Length;
            if (!row.Values.TryTake(column, ref cursor, numbers)) return false;
            if (column.Field is PmapField.Mode) modeLength = before - cursor.Rest.Length;
        }
        return true;
    }

    /// <summary>The name begins where the titles say, or else one blank behind the column before it: a name may begin with blanks itself.</summary>
    private static ReadOnlySpan<byte> Name(ReadOnlySpan<byte> line, ByteCursor cursor, int at, bool isPadded)
    {
        var rest = cursor.Rest;
        if (at >= 0 && at <= line.Length && at >= line.Length - rest.Length && line[(line.Length - rest.Length)..at].IndexOfAnyExcept(" \t"u8) < 0) return line[at..];
        if (isPadded) return rest.TrimStart(" \t"u8);
        return rest.IsEmpty ? rest : rest[1..];
    }

    /// <summary>Flags are right-aligned below their title. Where a row does not keep to that, every word of two letters is a flag.</summary>
    private static ReadOnlySpan<byte> TakeFlags(ReadOnlySpan<byte> line, scoped ref ByteCursor cursor, int titleEnd)
    {
        var at = line.Length - cursor.Rest.Length;
        if (titleEnd > at && titleEnd <= line.Length && (titleEnd == line.Length || line[titleEnd] == ' '))
        {
            var cell = line[at..titleEnd].Trim((byte)' ');
            if (AreFlags(cell))
            {
                cursor.TryTake(titleEnd - at, out _);
                return cell;
            }
        }
        cursor.SkipBlanks();
        var rest = cursor.Rest;
        var length = 0;
        while (length + 2 < rest.Length && AreFlags(rest.Slice(length, 2)) && rest[length + 2] == ' ') length += 3;
        // One blank stays: the name stands behind it.
        cursor.TryTake(Math.Max(length - 1, 0), out var flags);
        return flags;
    }

    private static bool AreFlags(ReadOnlySpan<byte> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var isLetter = text[i] is (byte)'?' or (>= (byte)'a' and <= (byte)'z');
            if (i % 3 == 2 ? text[i] != ' ' : !isLetter) return false;
        }
        return text.Length % 3 != 1;
    }

    /// <summary>Addresses, permissions and numbers of a row.</summary>
    internal struct Cells
    {
        /// <summary>First address.</summary>
        public ulong Start;

        /// <summary>Permissions.</summary>
        public VmaPermissions Permissions;

        /// <summary>Offset into the file.</summary>
        public ulong Offset;

        /// <summary>Device number.</summary>
        public uint DeviceMajor, DeviceMinor;

        /// <summary>Inode.</summary>
        public ulong Inode;

        public bool TryTake(PmapColumn column, ref ByteCursor cursor, Span<long> numbers)
        {
            switch (column.Field)
            {
                case PmapField.Address: return cursor.TryHex(out Start);
                case PmapField.Offset: return cursor.TryHex(out Offset);
                case PmapField.Inode: return cursor.TryDecimal(out Inode);
                case PmapField.Device: return TryDevice(ref cursor);
                case PmapField.Mode:
                    var mode = cursor.Word();
                    return mode.Length is 4 or 5 && MapsLine.TryPermissions(mode[..4], out Permissions);
                case PmapField.Number or PmapField.SizeWithK: return TryNumber(column, ref cursor, numbers);
                default: return !cursor.Word().IsEmpty;
            }
        }

        private bool TryDevice(ref ByteCursor cursor)
        {
            if (!cursor.TryHex(out var major) || !cursor.TrySkip((byte)':') || !cursor.TryHex(out var minor) || major > uint.MaxValue || minor > uint.MaxValue) return false;
            (DeviceMajor, DeviceMinor) = ((uint)major, (uint)minor);
            return true;
        }

        private static bool TryNumber(PmapColumn column, ref ByteCursor cursor, Span<long> numbers)
        {
            if (column.Field is PmapField.Number && cursor.TrySkip((byte)'-')) return true;
            if (!cursor.TryDecimal(out var number) || number > KeyLine.MaxKiB) return false;
            if (column.Field is PmapField.SizeWithK && !cursor.TrySkip((byte)'K')) return false;
            numbers[(int)column.Metric] = (long)number;
            return cursor.IsAtEnd || ByteCursor.IsBlank(cursor.Rest[0]);
        }
    }
}
