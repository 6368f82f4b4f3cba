namespace MemScope.Web.Components.Elements;

/// <summary>The states of a diff row, with the glyph that stands beside the word.</summary>
public static class States
{
    private static readonly Dictionary<string, string> Glyphs = new(StringComparer.Ordinal)
    {
        ["grown"] = "▲",
        ["shrunk"] = "▼",
        ["born"] = "+",
        ["gone"] = "\u2212",
        ["moved"] = "⇄",
        ["split"] = "⇄",
        ["merged"] = "⇄",
        ["reprotected"] = "⇄",
        ["unchanged"] = "=",
    };

    /// <summary>All, in the order of the chips.</summary>
    public static IReadOnlyCollection<string> All => Glyphs.Keys;

    /// <summary>The glyph of a state.</summary>
    public static string Glyph(string state) => Glyphs.GetValueOrDefault(state, "");

    /// <summary>The CSS class of a state, closed.</summary>
    public static string Class(string state) => Glyphs.ContainsKey(state) ? state : "unchanged";

    /// <summary>The word of a state: its own, but a region that was born is new to its reader.</summary>
    public static string Word(string state) => state == "born" ? "new" : Class(state);

    /// <summary>The class of a change's figure.</summary>
    public static string Sign(long? bytes) => bytes switch { > 0 => "grow", < 0 => "shrink", _ => "" };
}
