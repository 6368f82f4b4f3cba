namespace MemScope.Core.Formats.Text;

/// <summary>Walks the lines of a text without copying. Where the first line ends in CR LF, the CR of every line is taken off; else it belongs to the line, for a path may end in it.</summary>
internal ref struct LineReader(ReadOnlySpan<byte> text, int firstLine = 1)
{
    private readonly ReadOnlySpan<byte> _text = text;
    private readonly bool _crlf = text.IndexOf((byte)'\n') is > 0 and var i && text[i - 1] == '\r';
    private int _next;

    /// <summary>The line without its end.</summary>
    public ReadOnlySpan<byte> Line { get; private set; }

    /// <summary>Its number.</summary>
    public int Number { get; private set; } = firstLine - 1;

    /// <summary>Byte offset of its first byte.</summary>
    public int Offset { get; private set; }

    /// <summary>Byte offset behind it and its line end.</summary>
    public readonly int NextOffset => _next;

    /// <summary>Whether it ended in a newline; only the last line of a text may not.</summary>
    public bool IsTerminated { get; private set; }

    /// <summary>Goes to the next line; false at the end.</summary>
    public bool Next()
    {
        if (_next >= _text.Length) return false;
        Offset = _next;
        Number++;
        var rest = _text[_next..];
        var length = rest.IndexOf((byte)'\n');
        IsTerminated = length >= 0;
        if (!IsTerminated) length = rest.Length;
        _next += IsTerminated ? length + 1 : length;
        if (_crlf && length > 0 && rest[length - 1] == '\r') length--;
        Line = rest[..length];
        return true;
    }
}
