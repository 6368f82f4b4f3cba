namespace MemScope.Web.Sharing;

/// <summary>Colours of a picture that stands alone: the light ones of tokens.css, which cannot be read outside a page. A test holds both together.</summary>
public static class LightColours
{
    /// <summary>Words, figures.</summary>
    public const string Text = "#141A21";

    /// <summary>Second words.</summary>
    public const string Second = "#454F5C";

    /// <summary>Labels, units, axis.</summary>
    public const string Third = "#626D7B";

    /// <summary>Hairlines.</summary>
    public const string Line = "#E2E6EB";

    /// <summary>Lines of the grid.</summary>
    public const string Grid = "#EBEEF2";

    /// <summary>Growth.</summary>
    public const string Grow = "#B83A0A";

    /// <summary>A proven fix, and health.</summary>
    public const string Healthy = "#12693C";

    /// <summary>A leak.</summary>
    public const string Leak = "#B3261E";

    /// <summary>Retention.</summary>
    public const string Retention = "#8A5A00";

    private static readonly Dictionary<string, string> Categories = new(StringComparer.Ordinal)
    {
        ["anonymous"] = "#3E5FD2", ["heap"] = "#836504", ["arena"] = "#D97302", ["jit"] = "#703035", ["thread-stack"] = "#0DA35B", ["main-stack"] = "#0DA35B", ["huge"] = "#AD3F9D", ["device"] = "#525000",
        ["shared"] = "#028670", ["file-data"] = "#5A5F69", ["file-text"] = "#8190A3", ["special"] = "#8190A3", ["reserved"] = "#CBD2DA",
    };

    /// <summary>Colour of a category; one that is not known has that of second words.</summary>
    public static string Of(string category) => Categories.GetValueOrDefault(category, Second);
}
