namespace MemScope.Core.Formats.Traces;

/// <summary>Reads a line of a trace from the left, byte by byte, without allocating. A failed <c>Try</c> leaves the position where it was.</summary>
internal ref struct ByteCursor(ReadOnlySpan<byte> text)
{
    /// <summary>What has not been read.</summary>
    public ReadOnlySpan<byte> Rest { get; private set; } = text;

    /// <summary>Whether everything has been read.</summary>
    public readonly bool AtEnd => Rest.IsEmpty;

    /// <summary>The next byte, or 0 at the end.</summary>
    public readonly byte Next => Rest.IsEmpty ? (byte)0 : Rest[0];

    /// <summary>Skips so many bytes, or to the end.</summary>
    public void Skip(int count) => Rest = Rest[Math.Min(count, Rest.Length)..];

    /// <summary>Skips blanks and tabs.</summary>
    public void SkipBlanks() => Rest = Rest.TrimStart(" \t"u8);

    /// <summary>Reads <paramref name="expected"/> when it stands here.</summary>
    public bool TryTake(ReadOnlySpan<byte> expected)
    {
        if (!Rest.StartsWith(expected)) return false;
        Rest = Rest[expected.Length..];
        return true;
    }

    /// <summary>Reads up to the next blank or the end.</summary>
    public ReadOnlySpan<byte> TakeWord()
    {
        var end = Rest.IndexOfAny((byte)' ', (byte)'\t');
        if (end < 0) end = Rest.Length;
        var word = Rest[..end];
        Rest = Rest[end..];
        return word;
    }

    /// <summary>Reads decimal digits; false when there is none or the number does not fit 64 bits.</summary>
    public bool TryDecimal(out ulong value)
    {
        value = 0;
        var i = 0;
        for (; i < Rest.Length && Rest[i] is >= (byte)'0' and <= (byte)'9'; i++)
        {
            var digit = (ulong)(Rest[i] - '0');
            if (value > (ulong.MaxValue - digit) / 10) return false;
            value = value * 10 + digit;
        }
        if (i == 0) return false;
        Rest = Rest[i..];
        return true;
    }

    /// <summary>Reads hexadecimal digits without a prefix; false when there is none or the number does not fit 64 bits.</summary>
    public bool TryHex(out ulong value)
    {
        value = 0;
        var i = 0;
        for (; i < Rest.Length && char.IsAsciiHexDigit((char)Rest[i]); i++)
        {
            if (value >> 60 != 0) return false;
            value = (value << 4) | (uint)Convert(Rest[i]);
        }
        if (i == 0) return false;
        Rest = Rest[i..];
        return true;
    }

    /// <summary>Reads <c>0x1f</c>, <c>31</c> or <c>-1</c> (as two's complement).</summary>
    public bool TryNumber(out ulong value)
    {
        var before = Rest;
        var negative = TryTake("-"u8);
        if (Rest.StartsWith("0x"u8))
        {
            Rest = Rest[2..];
            if (TryHex(out value)) return Sign(ref value, negative);
        }
        else if (TryDecimal(out value))
        {
            return Sign(ref value, negative);
        }
        Rest = before;
        value = 0;
        return false;
    }

    private static bool Sign(ref ulong value, bool negative)
    {
        if (negative) value = unchecked(0 - value);
        return true;
    }

    private static int Convert(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
