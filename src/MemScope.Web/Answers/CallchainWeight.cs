namespace MemScope.Web.Answers;

/// <summary>By what callchains are ranked.</summary>
public enum CallchainWeight : byte
{
    /// <summary>Bytes mapped in the trace and not unmapped at its end.</summary>
    Outstanding,
    /// <summary>The part of them that a snapshot says is in RAM.</summary>
    Resident,
    /// <summary>All bytes mapped, unmapped since or not.</summary>
    Mapped,
    /// <summary>Calls that mapped memory.</summary>
    Calls,
    /// <summary>Bytes live in the heap as a heap profiler saw them; no trace is asked.</summary>
    Live,
    /// <summary>By how much the resident part of the traced memory grew from the window's first snapshot to its last.</summary>
    Growth,
}

/// <summary>Slugs of <see cref="CallchainWeight"/>.</summary>
public static class CallchainWeights
{
    private static readonly string[] Slugs = ["outstanding", "resident", "mapped", "calls", "live", "growth"];

    /// <summary>All slugs.</summary>
    public static IReadOnlyList<string> All => Slugs;

    /// <summary>The slug on the wire.</summary>
    public static string Slug(this CallchainWeight weight) => Slugs[(int)weight];

    /// <summary>The weight of a slug, or null; an empty one is <see cref="CallchainWeight.Outstanding"/>.</summary>
    public static CallchainWeight? Parse(string? slug) =>
        string.IsNullOrEmpty(slug) ? CallchainWeight.Outstanding : Array.IndexOf(Slugs, slug) is >= 0 and var i ? (CallchainWeight)i : null;
}
