using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Smaps;

/// <content>The columns of a 64-bit kernel, whose places are known up to the inode: eight digits are read at once.</content>
internal readonly ref partial struct MapsLine
{
    private const int EndAt = 13, PermissionsAt = 26, OffsetAt = 31, DeviceAt = 40, InodeAt = 46, LeastBytes = 64, MostInodeDigits = 19;

    /// <summary>
    /// Reads the line at the beginning of <paramref name="text"/> when it has the columns of addresses of twelve digits, what follows it included in the text. False says nothing: another
    /// line, or a mapping that <see cref="TryParse"/> reads. What is read is the same.
    /// </summary>
    /// <param name="text">Lines.</param>
    /// <param name="mostName">Longer names are left to the other method.</param>
    /// <param name="result">The mapping.</param>
    /// <param name="length">Bytes of the line with its end.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryParseColumns(ReadOnlySpan<byte> text, int mostName, out MapsLine result, out int length)
    {
        result = default;
        length = 0;
        if (text.Length < LeastBytes) return false;
        ref var at = ref MemoryMarshal.GetReference(text);
        var isGood = TwelveDigits(ref at, out var start) & TwelveDigits(ref Unsafe.Add(ref at, EndAt), out var end) & HexDigits.TryEight(Load(ref at, OffsetAt), out var offset);
        var device = Load(ref at, DeviceAt);
        isGood &= HexDigits.TryFour((uint)(device & 0xffff) | (uint)((device >> 8) & 0xffff0000), out var numbers);
        // The marks between the columns.
        isGood &= (text[EndAt - 1] ^ '-' | text[PermissionsAt - 1] ^ ' ' | text[OffsetAt - 1] ^ ' ' | text[DeviceAt - 1] ^ ' ' | text[DeviceAt + 2] ^ ':' | text[InodeAt - 1] ^ ' ') == 0;
        isGood &= TryFourLetters(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref at, PermissionsAt)), out var permissions);
        if (!isGood || !BitConverter.IsLittleEndian) return false;

        var i = InodeAt;
        ulong inode = 0;
        for (; i < text.Length && (uint)(text[i] - '0') is <= 9 and var digit; i++) inode = (inode * 10) + digit;
        if (i == InodeAt || i - InodeAt > MostInodeDigits || i == text.Length) return false;
        var name = text[i..];
        if (name[0] != '\n')
        {
            if (!ByteCursor.IsBlank(name[0])) return false;
            var blanks = name.IndexOfAnyExcept((byte)' ', (byte)'\t');
            if (blanks < 0) return false;
            name = name[blanks..];
        }
        var newline = name[..Math.Min(name.Length, mostName + 1)].IndexOf((byte)'\n');
        if (newline < 0) return false;
        length = text.Length - name.Length + newline + 1;
        result = new MapsLine
        {
            Start = start, End = end, Permissions = permissions, Offset = offset, DeviceMajor = numbers >> 8, DeviceMinor = numbers & 0xff, Inode = inode, Name = name[..newline],
        };
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Load(ref byte at, int offset) => Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref at, offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TwelveDigits(ref byte at, out ulong value)
    {
        var isGood = HexDigits.TryEight(Load(ref at, 0), out var upper) & HexDigits.TryEight(Load(ref at, 4), out var lower);
        value = ((ulong)upper << 16) | (lower & 0xffff);
        return isGood;
    }

    /// <summary><c>rwxp</c>, the first letter in the lowest byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryFourLetters(uint letters, out VmaPermissions permissions)
    {
        // Letter by letter 0 for a dash; of the others each has 0x40.
        const uint dashes = 0x2d2d2d2d, rwx = 0x555a5f;
        var set = letters ^ dashes;
        var flags = (set >> 6) & 0x010101;
        permissions = (VmaPermissions)((flags & 1) | ((flags >> 7) & 2) | ((flags >> 14) & 4) | ((letters >> 24) == 's' ? 8u : 0u));
        return (set & 0xffffff) == (flags * 0xff & rwx) && (letters >> 24) is 's' or 'p';
    }
}
