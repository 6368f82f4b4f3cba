using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace MemScope.Core.Formats.Text;

/// <summary>Hexadecimal digits in lower case, several at once in a register; the first stands in the lowest byte.</summary>
internal static class HexDigits
{
    private const ulong Ones = 0x0101010101010101;

    /// <summary>Eight digits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryEight(ulong text, out uint value)
    {
        // '0' to '9' are 0x30 to 0x39, 'a' to 'f' 0x61 to 0x66: 0x40 tells them apart.
        var letters = (text >> 6) & Ones;
        var nibbles = text & (0x0f * Ones);
        var upper = (text & (0xf0 * Ones)) ^ ((0x30 * Ones) + (0x30 * letters));
        var above = (nibbles + (6 * Ones) + (3 * letters)) & (0x10 * Ones);
        var zero = letters & ~((nibbles + (0x0f * Ones)) >> 4);
        var digits = BinaryPrimitives.ReverseEndianness(nibbles + (9 * letters));
        digits = (digits | (digits >> 4)) & 0x00ff00ff00ff00ff;
        digits = (digits | (digits >> 8)) & 0x0000ffff0000ffff;
        value = (uint)(digits | (digits >> 16));
        return (upper | above | zero) == 0;
    }

    /// <summary>Four digits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryFour(uint text, out uint value)
    {
        var isGood = TryEight(((ulong)text << 32) | 0x30303030, out value);
        return isGood;
    }
}
