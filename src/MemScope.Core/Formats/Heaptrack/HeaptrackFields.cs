using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Heaptrack;

/// <summary>The fields of a line behind its letter: hexadecimal numbers and texts, one blank before each.</summary>
internal ref struct HeaptrackFields(ReadOnlySpan<byte> line)
{
    private ByteCursor _cursor = new(line.Length > 0 ? line[1..] : line);

    /// <summary>Whether all is read.</summary>
    public readonly bool IsAtEnd => _cursor.Rest.TrimEnd(" "u8).IsEmpty;

    /// <summary>The text behind the letter and its blank, to the end of the line.</summary>
    public readonly ReadOnlySpan<byte> Rest => _cursor.Rest.StartsWith(" "u8) ? _cursor.Rest[1..] : _cursor.Rest;

    /// <summary>The next number.</summary>
    public bool TryHex(out ulong value)
    {
        var before = _cursor;
        if (_cursor.TrySkip((byte)' ') && _cursor.TryHex(out value) && (_cursor.IsAtEnd || _cursor.Next == ' ')) return true;
        _cursor = before;
        value = 0;
        return false;
    }

    /// <summary>The next number, where it is below <paramref name="limit"/>.</summary>
    public bool TryIndex(int limit, out int value)
    {
        var before = _cursor;
        value = 0;
        if (TryHex(out var number) && number < (ulong)limit)
        {
            value = (int)number;
            return true;
        }
        _cursor = before;
        return false;
    }

    /// <summary>A text: since file version 3 behind its length (<c>s 24 /opt/a program</c>), before that up to the next blank.</summary>
    public bool TryText(bool sized, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (sized) return TryIndex(int.MaxValue, out var length) && _cursor.TrySkip((byte)' ') && _cursor.TryTake(length, out text);
        if (!_cursor.TrySkip((byte)' ')) return false;
        text = _cursor.Word();
        return !text.IsEmpty;
    }
}
