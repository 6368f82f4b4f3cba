using System.Buffers;
using System.Globalization;
using System.Text;

namespace MemScope.Symbols.Demangling;

/// <summary>
/// Rust's first mangling looks like C++ but has escapes of its own and ends in a hash: <c>_ZN4core3fmt5Write9write_str17h0123456789abcdefE</c>. Tools leave both in;
/// here the hash is dropped and the escapes are decoded.
/// </summary>
/// <remarks>rustc, compiler/rustc_symbol_mangling/src/legacy.rs.</remarks>
internal static class RustLegacyName
{
    private const int HashDigits = 16;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private static readonly (string Escape, char Meaning)[] Escapes =
        [("SP", '@'), ("BP", '*'), ("RF", '&'), ("LT", '<'), ("GT", '>'), ("LP", '('), ("RP", ')'), ("C", ',')];

    /// <summary>The path, or null when the name is not of this kind.</summary>
    public static string? Demangle(string mangled)
    {
        if (!mangled.StartsWith("_ZN", StringComparison.Ordinal) || !mangled.EndsWith('E')) return null;
        var text = new StringBuilder(mangled.Length);
        var rest = mangled.AsSpan(3, mangled.Length - 4);
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExceptInRange('0', '9');
            if (digits is <= 0 or > 5) return null;
            var length = int.Parse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture);
            rest = rest[digits..];
            if (length == 0 || length > rest.Length) return null;
            var part = rest[..length];
            rest = rest[length..];
            if (rest.IsEmpty) return IsHash(part) && text.Length > 0 ? text.ToString() : null;
            if (text.Length > 0) text.Append("::");
            Decode(part, text);
        }
        return null;
    }

    private static bool IsHash(ReadOnlySpan<char> part) =>
        part.Length == HashDigits + 1 && part[0] == 'h' && !part[1..].ContainsAnyExcept(HexDigits);

    private static void Decode(ReadOnlySpan<char> part, StringBuilder text)
    {
        // An underscore is put before an escape because no name may begin with a dollar.
        if (part.StartsWith("_$")) part = part[1..];
        while (!part.IsEmpty)
        {
            if (part.StartsWith(".."))
            {
                text.Append("::");
                part = part[2..];
                continue;
            }
            var end = part[0] == '$' ? part[1..].IndexOf('$') : -1;
            if (end > 0 && Meaning(part.Slice(1, end)) is { } meaning)
            {
                text.Append(meaning);
                part = part[(end + 2)..];
                continue;
            }
            text.Append(part[0]);
            part = part[1..];
        }
    }

    private static char? Meaning(ReadOnlySpan<char> escape)
    {
        foreach (var (known, meaning) in Escapes)
        {
            if (escape.SequenceEqual(known)) return meaning;
        }
        if (escape[0] != 'u' || !ushort.TryParse(escape[1..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)) return null;
        return char.IsControl((char)code) || char.IsSurrogate((char)code) ? null : (char)code;
    }
}
