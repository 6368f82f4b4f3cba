using System.Buffers.Text;

namespace MemScope.Core.Formats.Folded;

/// <summary>A number behind a stack: whole, or with a fraction.</summary>
/// <param name="Whole">The number when it is whole, else 0.</param>
/// <param name="Fractional">The number when it is not, else 0.</param>
internal readonly record struct FoldedCount(long Whole, double Fractional)
{
    /// <summary>Reads <c>123</c>, <c>-123</c>, <c>1.5</c>.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out FoldedCount count)
    {
        count = default;
        if (Utf8Parser.TryParse(text, out long whole, out var used) && used == text.Length) count = new FoldedCount(whole, 0);
        else if (Utf8Parser.TryParse(text, out double number, out used) && used == text.Length && double.IsFinite(number) && char.IsAsciiDigit((char)text[^1])) count = new FoldedCount(0, number);
        else return false;
        return true;
    }

    /// <summary>Whether it is below zero: a difference.</summary>
    public bool IsNegative => Whole < 0 || Fractional < 0;
}

/// <summary>
/// A line: frames from the root to the leaf with semicolons between them, a blank, a number. Names hold blanks themselves, so the number stands behind the last one.
/// difffolded.pl prints two, before and after; heaptrack_print puts a semicolon behind the leaf, too:
/// <code>
/// main;std::operator&lt;&lt;(std::ostream&amp;, char const*);write_[k] 12
/// a;b 10 12
/// _start;main (malloc_leak.cpp);Handler::operator()(int) const (malloc_leak.cpp); 6000
/// </code>
/// </summary>
internal ref struct FoldedLine
{
    /// <summary>The frames.</summary>
    public ReadOnlySpan<byte> Stack { get; private set; }

    /// <summary>The last number.</summary>
    public FoldedCount Count { get; private set; }

    /// <summary>Reads a line of one number.</summary>
    public static bool TryRead(ReadOnlySpan<byte> line, out FoldedLine read)
    {
        read = default;
        line = line.TrimEnd(" \t"u8);
        var blank = line.LastIndexOfAny((byte)' ', (byte)'\t');
        if (blank <= 0 || !FoldedCount.TryRead(line[(blank + 1)..], out var count)) return false;
        read.Count = count;
        read.Stack = line[..blank].TrimEnd(" \t"u8);
        return !read.Stack.IsEmpty;
    }

    /// <summary>Reads a line of two numbers: <see cref="Count"/> is the second.</summary>
    public static bool TryReadTwo(ReadOnlySpan<byte> line, out FoldedLine read, out FoldedCount before)
    {
        before = default;
        if (!TryRead(line, out read) || !TryRead(read.Stack, out var inner)) return false;
        before = inner.Count;
        read.Stack = inner.Stack;
        return true;
    }

    /// <summary>Whether a semicolon is followed by a blank, as in prose; the first of two numbers may stand there.</summary>
    public readonly bool HasBlankBehindSemicolon => (TryRead(Stack, out var inner) ? inner.Stack : Stack).IndexOf("; "u8) >= 0;
}
