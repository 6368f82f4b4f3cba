using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace MemScope.Core.Formats.Text;

/// <summary>
/// Names of one file, each decoded once: a path stands in hundreds of lines, and looking it up by its bytes costs no allocation.
/// Bytes that are not UTF-8, and NUL, which a database cannot keep in a text, stand as <c>\xNN</c>.
/// </summary>
public sealed class NameTable
{
    /// <summary>Bytes of <c>\xNN</c>.</summary>
    private const int EscapeBytes = 4;

    private readonly Dictionary<byte[], string> _names = new(new ByteComparer());
    private readonly Dictionary<byte[], string>.AlternateLookup<ReadOnlySpan<byte>> _lookup;

    /// <summary>An empty table.</summary>
    public NameTable() => _lookup = _names.GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <summary>The text of <paramref name="name"/>; the same bytes give the same string.</summary>
    public string Get(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty) return "";
        if (_lookup.TryGetValue(name, out var known)) return known;
        var text = Decode(name);
        _names.Add(name.ToArray(), text);
        return text;
    }

    /// <summary>The text of bytes from a capture, see the class.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        Span<char> pair = stackalloc char[2];
        while (!bytes.IsEmpty)
        {
            var valid = Rune.DecodeFromUtf8(bytes, out var rune, out var used) == System.Buffers.OperationStatus.Done && rune.Value != 0;
            if (valid) text.Append(pair[..rune.EncodeToUtf16(pair)]);
            else foreach (var b in bytes[..used]) text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\x{b:x2}");
            bytes = bytes[used..];
        }
        return text.ToString();
    }

    /// <summary>
    /// Bytes that <see cref="Decode"/> turns into <paramref name="text"/>. <c>\xNN</c> becomes its byte where that reads back the same, which a kernel's path of those four letters does not
    /// tell from the byte itself.
    /// </summary>
    public static byte[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var plain = Encoding.UTF8.GetBytes(text);
        if (!text.Contains("\\x", StringComparison.Ordinal)) return plain;
        var bytes = new List<byte>(plain.Length);
        for (var i = 0; i < plain.Length; i++)
        {
            if (IsEscape(plain.AsSpan(i), out var escaped))
            {
                bytes.Add(escaped);
                i += EscapeBytes - 1;
            }
            else bytes.Add(plain[i]);
        }
        return Decode(bytes.ToArray()) == text ? [.. bytes] : plain;
    }

    private static bool IsEscape(ReadOnlySpan<byte> bytes, out byte escaped)
    {
        escaped = 0;
        return bytes.Length >= EscapeBytes && bytes.StartsWith("\\x"u8) && System.Buffers.Text.Utf8Parser.TryParse(bytes[2..EscapeBytes], out escaped, out var used, 'x') && used == 2;
    }

    private sealed class ByteComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = new HashCode();
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }
    }
}
