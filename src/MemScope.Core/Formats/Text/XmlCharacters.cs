using System.Text;
using System.Xml;

namespace MemScope.Core.Formats.Text;

/// <summary>
/// The characters of an XML text of a tool, which copies names from programs as they are: bytes that XML forbids (control characters, invalid UTF-8) stand as <c>\xNN</c>,
/// as in <see cref="NameTable"/>. A text that goes on for more than 1 MiB without a <c>&lt;</c> ends there: it is none of a tool, and a reader would hold all of it.
/// </summary>
internal sealed class XmlCharacters(Stream source) : TextReader
{
    /// <summary>Elements inside elements that a tool's text does not go beyond; a reader keeps something of each that is open.</summary>
    public const int Deepest = 64;

    private const int Longest = 1 << 20, BytesAtOnce = 16 << 10;
    private const long MostCharacters = 256L << 20;
    private readonly byte[] _bytes = new byte[BytesAtOnce];
    private readonly char[] _chars = new char[BytesAtOnce * 4];
    private int _length, _next, _end, _sinceBracket;
    private bool _ended;

    /// <summary>A forward reader over a text that may be damaged: it throws <see cref="XmlException"/> where the text is not well-formed, and what was read until then is good.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="dtd">What becomes of a DTD; one that is passed over expands nothing.</param>
    public static XmlReader Open(Stream source, DtdProcessing dtd = DtdProcessing.Prohibit) => XmlReader.Create(new XmlCharacters(source), new XmlReaderSettings
    {
        DtdProcessing = dtd,
        XmlResolver = null,
        CheckCharacters = false,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        IgnoreWhitespace = true,
        MaxCharactersInDocument = MostCharacters,
    });

    /// <inheritdoc/>
    public override int Peek() => _next < _end || Fill() ? _chars[_next] : -1;

    /// <inheritdoc/>
    public override int Read() => _next < _end || Fill() ? _chars[_next++] : -1;

    /// <inheritdoc/>
    public override int Read(char[] buffer, int index, int count)
    {
        if (count == 0 || (_next == _end && !Fill())) return 0;
        count = Math.Min(count, _end - _next);
        Array.Copy(_chars, _next, buffer, index, count);
        _next += count;
        return count;
    }

    private bool Fill()
    {
        (_next, _end) = (0, 0);
        while (_end == 0 && !(_ended && _length == 0))
        {
            if (!_ended)
            {
                var read = source.Read(_bytes, _length, _bytes.Length - _length);
                _ended = read <= 0;
                _length += Math.Max(read, 0);
            }
            Decode();
        }
        return _end > 0;
    }

    /// <summary>Decodes what is there, but for the first bytes of a character whose last ones are still to come.</summary>
    private void Decode()
    {
        var rest = _bytes.AsSpan(0, _length);
        while (!rest.IsEmpty && _sinceBracket <= Longest)
        {
            var status = Rune.DecodeFromUtf8(rest, out var rune, out var used);
            if (status == System.Buffers.OperationStatus.NeedMoreData && !_ended) break;
            if (status == System.Buffers.OperationStatus.Done && IsAllowed(rune)) _end += rune.EncodeToUtf16(_chars.AsSpan(_end));
            else foreach (var b in rest[..used]) Escape(b);
            _sinceBracket = rune.Value == '<' ? 0 : _sinceBracket + 1;
            rest = rest[used..];
        }
        if (_sinceBracket > Longest)
        {
            _ended = true;
            rest = default;
        }
        rest.CopyTo(_bytes);
        _length = rest.Length;
    }

    private static bool IsAllowed(Rune rune) => rune.Value is '\t' or '\n' or '\r' or (>= 0x20 and not 0x7f and not 0xfffe and not 0xffff);

    private void Escape(byte b)
    {
        "\\x".AsSpan().CopyTo(_chars.AsSpan(_end));
        _chars[_end + 2] = Digit(b >> 4);
        _chars[_end + 3] = Digit(b & 15);
        _end += 4;
    }

    private static char Digit(int value) => (char)(value < 10 ? '0' + value : 'a' + value - 10);
}
