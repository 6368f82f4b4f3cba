namespace MemScope.Core.Formats.Traces;

/// <summary>The lines of the stack that is being read, gathered until its end is seen.</summary>
internal sealed class StackLines
{
    private byte[] _bytes = new byte[4096];
    private int _length;

    /// <summary>Whether a line was added since the last <see cref="Clear"/>.</summary>
    public bool Any => _length > 0;

    /// <summary>The lines, each with a newline.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>Adds a line.</summary>
    public void Add(ReadOnlySpan<byte> line)
    {
        if (_length + line.Length + 1 > _bytes.Length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + line.Length + 1));
        line.CopyTo(_bytes.AsSpan(_length));
        _length += line.Length + 1;
        _bytes[_length - 1] = (byte)'\n';
    }

    /// <summary>Adds to the end of the last line, or begins one.</summary>
    public void Append(ReadOnlySpan<byte> text)
    {
        if (_length > 0) _length--;
        Add(text);
    }

    /// <summary>Begins another stack.</summary>
    public void Clear() => _length = 0;
}
