namespace MemScope.Web.Components.Pages.Stacks;

/// <summary>By what stacks are weighed.</summary>
public static class Weights
{
    /// <summary>Slug and words, the one that answers "what is still in RAM" first.</summary>
    public static IReadOnlyList<(string Slug, string Words)> All { get; } =
        [("resident", "Resident outstanding"), ("outstanding", "Outstanding"), ("mapped", "Mapped"), ("calls", "Calls"), ("growth", "Growth"), ("live", "Heap live")];

    /// <summary>Those that a process has an answer to; growth needs two snapshots.</summary>
    public static IEnumerable<(string Slug, string Words)> Of(bool hasTraces, bool hasProfiles, bool hasGrowth) =>
        All.Where(w => w.Slug switch { "live" => hasProfiles, "growth" => hasTraces && hasGrowth, _ => hasTraces });

    /// <summary>For people.</summary>
    public static string Words(string slug) => All.FirstOrDefault(w => w.Slug == slug).Words ?? slug;

    /// <summary>Unit of a weight's figures.</summary>
    public static string Unit(string slug) => slug == "calls" ? "calls" : "KiB";

    /// <summary>A figure of that weight.</summary>
    public static string Figure(string slug, long value) => slug == "calls" ? Format.Count(value) : Format.KiB(value);

    /// <summary>A change of that weight, with its sign.</summary>
    public static string Change(string slug, long value) => slug == "calls" ? Format.CountChange(value) : Format.KiBChange(value);
}
