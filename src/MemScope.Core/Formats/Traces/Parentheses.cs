namespace MemScope.Core.Formats.Traces;

/// <summary>Parentheses in lines that end in a module or a symbol, where names hold parentheses themselves.</summary>
internal static class Parentheses
{
    /// <summary>
    /// Index of the parenthesis that opens the last group of <paramref name="text"/>, whose closing one has been cut off: of <c>/bin/x(f(int) const+0x1</c> the one behind x.
    /// -1 when there is none.
    /// </summary>
    public static int OpenOfLast(ReadOnlySpan<byte> text)
    {
        var depth = 0;
        for (var i = text.Length - 1; i >= 0; i--)
        {
            if (text[i] == ')') depth++;
            else if (text[i] == '(' && depth-- == 0) return i;
        }
        return text.IndexOf((byte)'(');
    }
}
