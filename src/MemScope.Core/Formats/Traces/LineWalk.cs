namespace MemScope.Core.Formats.Traces;

/// <summary>Walks the lines of a trace. Line ends (<c>\n</c>, <c>\r\n</c>) are not part of a line; a byte order mark at the beginning is skipped.</summary>
internal ref struct LineWalk
{
    private readonly ReadOnlySpan<byte> _file;
    private int _next;

    public LineWalk(ReadOnlySpan<byte> file)
    {
        _file = file;
        _next = file.StartsWith("\uFEFF"u8) ? 3 : 0;
    }

    /// <summary>The current line.</summary>
    public ReadOnlySpan<byte> Line { get; private set; }

    /// <summary>Its number, from 1.</summary>
    public int Number { get; private set; }

    /// <summary>Offset of its first byte.</summary>
    public int Start { get; private set; }

    /// <summary>Offset behind its last byte, the line end left out.</summary>
    public readonly int End => Start + Line.Length;

    /// <summary>Whether the current line ended with a line end, and not with the file.</summary>
    public bool Terminated { get; private set; }

    /// <summary>Goes to the next line; false at the end of the file.</summary>
    public bool MoveNext()
    {
        if (_next >= _file.Length) return false;
        Start = _next;
        Number++;
        var length = _file[_next..].IndexOf((byte)'\n');
        Terminated = length >= 0;
        if (!Terminated) length = _file.Length - _next;
        _next += length + (Terminated ? 1 : 0);
        Line = _file.Slice(Start, length);
        if (Line.EndsWith("\r"u8)) Line = Line[..^1];
        return true;
    }
}
