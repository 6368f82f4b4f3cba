namespace MemScope.Core.Formats.Text;

/// <summary>Reads numbers and words from the left of a line. A method that fails leaves the cursor where it was.</summary>
internal ref struct ByteCursor(ReadOnlySpan<byte> text)
{
    /// <summary>What is not read yet.</summary>
    public ReadOnlySpan<byte> Rest { get; private set; } = text;

    /// <summary>Whether all is read.</summary>
    public readonly bool IsAtEnd => Rest.IsEmpty;

    /// <summary>The next byte, or 0 at the end.</summary>
    public readonly byte Next => Rest.IsEmpty ? (byte)0 : Rest[0];

    /// <summary>Skips so many bytes, or to the end.</summary>
    public void Skip(int count) => Rest = Rest[Math.Min(count, Rest.Length)..];

    /// <summary>Skips blanks and tabs.</summary>
    public void SkipBlanks()
    {
        var i = 0;
        while (i < Rest.Length && IsBlank(Rest[i])) i++;
        Rest = Rest[i..];
    }

    /// <summary>Skips one byte when it is <paramref name="value"/>.</summary>
    public bool TrySkip(byte value)
    {
        if (Rest.IsEmpty || Rest[0] != value) return false;
        Rest = Rest[1..];
        return true;
    }

    /// <summary>Skips a prefix.</summary>
    public bool TrySkip(ReadOnlySpan<byte> prefix)
    {
        if (!Rest.StartsWith(prefix)) return false;
        Rest = Rest[prefix.Length..];
        return true;
    }

    /// <summary>A hexadecimal number in lower or upper case, without 0x, of 64 bits; zeros before it may be many (pmap pads addresses to the width of a title).</summary>
    public bool TryHex(out ulong value)
    {
        value = 0;
        var i = 0;
        for (; i < Rest.Length; i++)
        {
            var digit = HexDigit(Rest[i]);
            if (digit < 0) break;
            if (value >> 60 != 0) return false;
            value = (value << 4) | (uint)digit;
        }
        if (i == 0) return false;
        Rest = Rest[i..];
        return true;
    }

    /// <summary>A decimal number; false when it does not fit.</summary>
    public bool TryDecimal(out ulong value)
    {
        value = 0;
        var i = 0;
        for (; i < Rest.Length; i++)
        {
            var digit = (uint)(Rest[i] - '0');
            if (digit > 9) break;
            if (value > (ulong.MaxValue - digit) / 10) return false;
            value = (value * 10) + digit;
        }
        if (i == 0) return false;
        Rest = Rest[i..];
        return true;
    }

    /// <summary>A decimal number that fits an int.</summary>
    public bool TryInt(out int value)
    {
        var before = Rest;
        value = 0;
        if (!TryDecimal(out var number)) return false;
        if (number > int.MaxValue)
        {
            Rest = before;
            return false;
        }
        value = (int)number;
        return true;
    }

    /// <summary><c>0x1f</c>, <c>31</c> or <c>-1</c>, the last as two's complement.</summary>
    public bool TryNumber(out ulong value)
    {
        var before = Rest;
        var negative = TrySkip((byte)'-');
        if (TrySkip("0x"u8) ? TryHex(out value) : TryDecimal(out value))
        {
            if (negative) value = unchecked(0 - value);
            return true;
        }
        Rest = before;
        return false;
    }

    /// <summary>The bytes up to the next blank; empty at the end.</summary>
    public ReadOnlySpan<byte> Word()
    {
        var end = Rest.IndexOfAny((byte)' ', (byte)'\t');
        if (end < 0) end = Rest.Length;
        var word = Rest[..end];
        Rest = Rest[end..];
        return word;
    }

    /// <summary>Takes exactly <paramref name="count"/> bytes.</summary>
    public bool TryTake(int count, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (Rest.Length < count) return false;
        bytes = Rest[..count];
        Rest = Rest[count..];
        return true;
    }

    /// <summary>Blank or tab.</summary>
    public static bool IsBlank(byte b) => b is (byte)' ' or (byte)'\t';

    /// <summary>Value of a hexadecimal digit, or -1.</summary>
    public static int HexDigit(byte b) => b switch
    {
        >= (byte)'0' and <= (byte)'9' => b - '0',
        >= (byte)'a' and <= (byte)'f' => b - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => b - 'A' + 10,
        _ => -1,
    };
}
