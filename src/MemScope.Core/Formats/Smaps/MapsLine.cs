using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Smaps;

/// <summary>
/// A line of /proc/PID/maps, which is also the first line of each mapping in smaps (fs/proc/task_mmu.c, show_vma_header_prefix):
/// <code>
/// 7fc51be30000-7fc51bf86000 r-xp 00026000 fe:00 332096                     /usr/lib/x86_64-linux-gnu/libc.so.6
/// 7fc51bdd9000-7fc51bddc000 r--s 00000000 00:01 3375137                    /SYSV00000000 (deleted)
/// 7fc51bff4000-7fc51bff7000 rw-s 00001000 fe:00 1425481                    /opt/memscope-corpus/out/odd-maps/run/with space.dat
/// 7fc51ba69000-7fc51ba6b000 rw-p 00000000 00:00 0
/// ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
/// </code>
/// Offset and device are hexadecimal, the inode is decimal. Columns are separated by blanks, not by position: copies lose the padding.
/// </summary>
internal readonly ref partial struct MapsLine
{
    public ulong Start { get; private init; }
    public ulong End { get; private init; }
    public VmaPermissions Permissions { get; private init; }
    public ulong Offset { get; private init; }
    public uint DeviceMajor { get; private init; }
    public uint DeviceMinor { get; private init; }
    public ulong Inode { get; private init; }

    /// <summary>The rest of the line, verbatim.</summary>
    public ReadOnlySpan<byte> Name { get; private init; }

    /// <summary>Whether it is the pseudo line above the sums of smaps_rollup.</summary>
    public bool IsRollup => Name.SequenceEqual("[rollup]"u8);

    /// <summary>Reads a line; false when it is another kind of line.</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, out MapsLine result)
    {
        result = default;
        var cursor = new ByteCursor(line);
        cursor.SkipBlanks();
        if (!cursor.TryHex(out var start) || !cursor.TrySkip((byte)'-') || !cursor.TryHex(out var end) || !SkipSome(ref cursor)) return false;
        if (!TryPermissions(cursor.Word(), out var permissions) || !SkipSome(ref cursor)) return false;
        if (!cursor.TryHex(out var offset) || !SkipSome(ref cursor)) return false;
        if (!cursor.TryHex(out var major) || !cursor.TrySkip((byte)':') || !cursor.TryHex(out var minor) || !SkipSome(ref cursor)) return false;
        if (major > uint.MaxValue || minor > uint.MaxValue || !cursor.TryDecimal(out var inode)) return false;
        if (!cursor.IsAtEnd && !SkipSome(ref cursor)) return false;
        result = new MapsLine
        {
            Start = start, End = end, Permissions = permissions, Offset = offset, DeviceMajor = (uint)major, DeviceMinor = (uint)minor, Inode = inode, Name = cursor.Rest,
        };
        return true;
    }

    /// <summary>The four letters of maps and of <c>pmap -X</c>: <c>rw-p</c>.</summary>
    public static bool TryPermissions(ReadOnlySpan<byte> text, out VmaPermissions permissions)
    {
        permissions = VmaPermissions.None;
        return text.Length == 4
            && Flag(text[0], 'r', VmaPermissions.Read, ref permissions)
            && Flag(text[1], 'w', VmaPermissions.Write, ref permissions)
            && Flag(text[2], 'x', VmaPermissions.Execute, ref permissions)
            && (text[3] is (byte)'p' or (byte)'-' || Flag(text[3], 's', VmaPermissions.Shared, ref permissions));
    }

    private static bool Flag(byte b, char set, VmaPermissions flag, ref VmaPermissions permissions)
    {
        if (b == '-') return true;
        if (b != set) return false;
        permissions |= flag;
        return true;
    }

    private static bool SkipSome(ref ByteCursor cursor)
    {
        if (cursor.IsAtEnd || !ByteCursor.IsBlank(cursor.Rest[0])) return false;
        cursor.SkipBlanks();
        return true;
    }
}
