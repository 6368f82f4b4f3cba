using System.Globalization;
using System.Text;

namespace MemScope.Core.Formats.Traces;

/// <summary>One string per distinct name of a trace (module, function, source file): a name that stands in a million frames is decoded and kept once.</summary>
internal sealed class NamePool
{
    private const int OnStack = 512;
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>The name of these bytes. Bytes that are not UTF-8 stand as <c>\xNN</c>, as in <see cref="Model.Vma.Name"/>.</summary>
    public string Get(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return "";
        if (bytes.Length > OnStack || !Ascii.IsValid(bytes)) return Keep(Decode(bytes));
        Span<char> text = stackalloc char[bytes.Length];
        Encoding.ASCII.GetChars(bytes, text);
        return _names.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out var known) ? known : Keep(text.ToString());
    }

    private string Keep(string name)
    {
        if (_names.TryGetValue(name, out var known)) return known;
        _names.Add(name);
        return name;
    }

    private static string Decode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        Span<char> utf16 = stackalloc char[2];
        while (!bytes.IsEmpty)
        {
            var valid = Rune.DecodeFromUtf8(bytes, out var rune, out var length) == System.Buffers.OperationStatus.Done;
            if (valid) text.Append(utf16[..rune.EncodeToUtf16(utf16)]);
            else foreach (var b in bytes[..length]) text.Append(CultureInfo.InvariantCulture, $"\\x{b:x2}");
            bytes = bytes[length..];
        }
        return text.ToString();
    }
}
