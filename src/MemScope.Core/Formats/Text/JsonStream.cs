using System.Text.Json;
using MemScope.Core.Formats.Bpftrace;

namespace MemScope.Core.Formats.Text;

/// <summary>
/// The tokens of a JSON text of any size, read as they come: memory does not grow with the text, only with its longest string. Where the text is damaged or cut off,
/// reading ends and <see cref="Fault"/> says so; what was read until then is good.
/// </summary>
internal ref struct JsonStream
{
    private const int FirstBuffer = 64 << 10, LongestToken = 16 << 20;
    private readonly Stream _source;
    private readonly byte[] _name = new byte[64];
    private byte[] _buffer = new byte[FirstBuffer], _text = [];
    private int _end;
    private bool _ended;
    private Utf8JsonReader _reader;

    /// <summary>Tokens of a stream. What it throws comes through.</summary>
    public JsonStream(Stream source)
    {
        _source = source;
        _reader = new Utf8JsonReader(ReadOnlySpan<byte>.Empty, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip }));
    }

    /// <summary>Why reading ended early, or null.</summary>
    public string? Fault { get; private set; }

    /// <summary>The kind of the token.</summary>
    public readonly JsonTokenType Type => _reader.TokenType;

    /// <summary>Goes to the next token; false at the end and where the text is damaged.</summary>
    public bool Read()
    {
        while (Fault is null)
        {
            try
            {
                if (_reader.Read()) return true;
            }
            catch (JsonException damaged)
            {
                Fault = _ended ? "the text is cut off" : damaged.Message;
                return false;
            }
            if (_ended) return false;
            Fill();
        }
        return false;
    }

    /// <summary>Goes to the next name of the object that was opened, and on to its value; false at the object's end.</summary>
    /// <param name="name">The name as it is written, with its escapes; until the next read.</param>
    public bool NextProperty(out ReadOnlySpan<byte> name)
    {
        name = default;
        if (!Read() || Type != JsonTokenType.PropertyName) return false;
        // The value may be in the next filling of the buffer, which overwrites the name.
        var copy = _reader.ValueSpan.Length <= _name.Length ? _reader.ValueSpan : _reader.ValueSpan[.._name.Length];
        copy.CopyTo(_name);
        name = _name.AsSpan(0, copy.Length);
        return Read();
    }

    /// <summary>Goes to the next element of the array that was opened; false at the array's end.</summary>
    public bool NextElement() => Read() && Type != JsonTokenType.EndArray;

    /// <summary>Goes behind the value that begins here.</summary>
    public void Skip()
    {
        if (Type is not (JsonTokenType.StartObject or JsonTokenType.StartArray)) return;
        var depth = _reader.CurrentDepth;
        while (Read() && _reader.CurrentDepth > depth)
        {
        }
    }

    /// <summary>The string here, without escapes, until the next call; empty when this is none.</summary>
    public ReadOnlySpan<byte> Text
    {
        get
        {
            if (Type != JsonTokenType.String) return default;
            if (!_reader.ValueIsEscaped) return _reader.ValueSpan;
            var length = JsonText.Unescape(_reader.ValueSpan, ref _text);
            return _text.AsSpan(0, length);
        }
    }

    /// <summary>The number here, if it is one that fits.</summary>
    public readonly bool TryLong(out long value)
    {
        value = 0;
        return Type == JsonTokenType.Number && _reader.TryGetInt64(out value);
    }

    /// <summary>The number here.</summary>
    public readonly bool TryDouble(out double value)
    {
        value = 0;
        return Type == JsonTokenType.Number && _reader.TryGetDouble(out value) && double.IsFinite(value);
    }

    private void Fill()
    {
        var consumed = (int)_reader.BytesConsumed;
        var state = _reader.CurrentState;
        _end -= consumed;
        if (consumed > 0) Buffer.BlockCopy(_buffer, consumed, _buffer, 0, _end);
        if (_end == _buffer.Length)
        {
            if (_buffer.Length >= LongestToken)
            {
                Fault = $"a string is longer than {LongestToken >> 20} MiB";
                return;
            }
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
        var read = _source.Read(_buffer, _end, _buffer.Length - _end);
        _ended = read <= 0;
        _end += Math.Max(read, 0);
        _reader = new Utf8JsonReader(_buffer.AsSpan(0, _end), _ended, state);
    }
}
