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
        ["replaced"] = "⇄",
        ["unchanged"] = "=",
    };

    /// <summary>Those that two processes can show: without comparable addresses nothing is known to have moved, been cut off or been joined.</summary>
    public static IReadOnlyCollection<string> OfPairs { get; } = ["grown", "shrunk", "born", "gone", "replaced", "unchanged"];

    /// <summary>Those that two snapshots of one track can show.</summary>
    public static IReadOnlyCollection<string> OfRegions { get; } = [.. Glyphs.Keys.Where(s => s != "replaced")];

    /// <summary>The glyph of a state.</summary>
    public static string Glyph(string state) => Glyphs.GetValueOrDefault(state, "");

    /// <summary>The CSS class of a state, closed.</summary>
    public static string Class(string state) => Glyphs.ContainsKey(state) ? state : "unchanged";

    /// <summary>The word of a state: its own, but a region that was born is new to its reader.</summary>
    public static string Word(string state) => state == "born" ? "new" : Class(state);

    /// <summary>The class of a change's figure.</summary>
    public static string Sign(long? bytes) => bytes switch { > 0 => "grow", < 0 => "shrink", _ => "" };
}
