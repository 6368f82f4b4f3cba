using System.Diagnostics.CodeAnalysis;

namespace MemScope.Symbols;

/// <summary>
/// The content hash that the linker puts into <c>.note.gnu.build-id</c>: lower-case hex, 8 to 64 digits, therefore safe as part of a path or an address.
/// </summary>
/// <remarks>20 bytes (SHA-1) as a rule, 16 (MD5, UUID) and 8 (lld's fast hash) occur.</remarks>
public readonly record struct BuildId
{
    /// <summary>Fewest hex digits.</summary>
    public const int LeastDigits = 8;

    /// <summary>Most hex digits.</summary>
    public const int MostDigits = 64;

    private readonly string? _hex;

    private BuildId(string hex) => _hex = hex;

    /// <summary>The digits; empty for the default value.</summary>
    public string Hex => _hex ?? "";

    /// <summary>Reads hex text that matches <c>^[0-9a-f]{8,64}$</c>; anything else, upper case included, is refused.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out BuildId id)
    {
        id = default;
        if (text is null || text.Length is < LeastDigits or > MostDigits) return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiHexDigitLower(c)) return false;
        }
        id = new BuildId(text);
        return true;
    }

    /// <summary>The id of a note's descriptor; refused when it is shorter than 4 or longer than 32 bytes.</summary>
    public static bool TryFromBytes(ReadOnlySpan<byte> descriptor, out BuildId id)
    {
        id = default;
        if (descriptor.Length is < LeastDigits / 2 or > MostDigits / 2) return false;
        id = new BuildId(Convert.ToHexStringLower(descriptor));
        return true;
    }

    /// <inheritdoc cref="Hex"/>
    public override string ToString() => Hex;
}
