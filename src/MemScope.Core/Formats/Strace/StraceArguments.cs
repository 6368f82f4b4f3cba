using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Strace;

/// <summary>Walks the arguments of a call: <c>NULL, 32768, PROT_READ|PROT_WRITE, …) = 0x7f9d018c0000</c>. Commas inside quotes and brackets do not separate; the closing parenthesis ends it.</summary>
internal ref struct StraceArguments(ReadOnlySpan<byte> text)
{
    private ReadOnlySpan<byte> _rest = text;
    private bool _ended;

    /// <summary>The next argument without blanks around it; empty when there is none left.</summary>
    public ReadOnlySpan<byte> Next()
    {
        if (_ended) return default;
        int depth = 0, i = 0;
        for (; i < _rest.Length; i++)
        {
            var b = _rest[i];
            if (b == '"') i = EndOfQuote(i);
            else if (b is (byte)'(' or (byte)'[' or (byte)'{') depth++;
            else if (depth > 0 && b is (byte)')' or (byte)']' or (byte)'}') depth--;
            else if (depth == 0 && b is (byte)',' or (byte)')') break;
        }
        i = Math.Min(i, _rest.Length);
        var argument = _rest[..i].Trim(" "u8);
        _ended = i == _rest.Length || _rest[i] == ')';
        _rest = _rest[Math.Min(i + 1, _rest.Length)..];
        return argument;
    }

    /// <summary>The next argument as a number: <c>NULL</c>, <c>0x7f…</c>, <c>4096</c>, <c>-1</c>.</summary>
    public bool TryNumber(out ulong value)
    {
        var argument = Next();
        value = 0;
        return argument.StartsWith("NULL"u8) || new ByteCursor(argument).TryNumber(out value);
    }

    private readonly int EndOfQuote(int start)
    {
        for (var i = start + 1; i < _rest.Length; i++)
        {
            if (_rest[i] == '\\') i++;
            else if (_rest[i] == '"') return i;
        }
        return _rest.Length;
    }
}
