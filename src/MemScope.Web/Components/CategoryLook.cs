using MemScope.Core.Model;

namespace MemScope.Web.Components;

/// <summary>How a category is called and coloured. The colour itself is in tokens.css under the class.</summary>
public static class CategoryLook
{
    private static readonly Dictionary<string, string> Titles = new(StringComparer.Ordinal)
    {
        ["anonymous"] = "Anonymous",
        ["heap"] = "Heap (brk)",
        ["arena"] = "Malloc arena",
        ["thread-stack"] = "Thread stack",
        ["main-stack"] = "Main stack",
        ["jit"] = "JIT code",
        ["huge"] = "Huge pages",
        ["device"] = "Device",
        ["shared"] = "Shared",
        ["file-data"] = "File data",
        ["file-text"] = "Code",
        ["special"] = "Kernel pages",
        ["reserved"] = "Reserved",
        ["total"] = "RSS",
    };

    /// <summary>Titles by slug.</summary>
    public static IReadOnlyDictionary<string, string> AllTitles => Titles;

    /// <summary>For people: <c>Heap (brk)</c>. A slug that is not known stays as it is.</summary>
    public static string Title(string slug) => Titles.GetValueOrDefault(slug, slug);

    /// <summary>CSS class that carries the colour; closed, so that nothing from a capture becomes a class.</summary>
    public static string Class(string slug) => Titles.ContainsKey(slug) ? "c-" + slug : "c-total";

    /// <summary>Place in a stack, top first; unknown ones last.</summary>
    public static int Order(string slug) => Categories.Parse(slug) is { } category ? (int)category : int.MaxValue;
}
