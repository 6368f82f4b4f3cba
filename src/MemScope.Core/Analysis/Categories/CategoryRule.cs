using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Categories;

/// <summary>One rule: what it looks for, what it says. Tests that are not set hold for every mapping.</summary>
public sealed class CategoryRule
{
    internal CategoryRule(string id) => Id = id;

    /// <summary>Its name in the file of rules: <c>thread-stack</c>.</summary>
    public string Id { get; }

    /// <summary>The category.</summary>
    public Category Category { get; internal set; }

    /// <summary>Finer than the category: <c>python arena</c>.</summary>
    public string Kind { get; internal set; } = "";

    /// <summary>How sure.</summary>
    public Confidence Confidence { get; internal set; }

    /// <summary>Half a sentence for people.</summary>
    public string Why { get; internal set; } = "";

    /// <summary>What <see cref="CategoryReasons"/> puts behind it, with placeholders, or null.</summary>
    public string? Figures { get; internal set; }

    /// <summary>Its tests as the file writes them: <c>perms = "rw-p"</c>.</summary>
    internal List<string> Tests { get; } = [];

    internal NamePattern[] Names { get; set; } = [];
    internal NamePattern[] Owners { get; set; } = [];
    internal NamePattern[] Loads { get; set; } = [];
    internal Backing Backing { get; set; }
    internal string? Permissions { get; set; }
    internal string[] Flags { get; set; } = [];
    internal Surroundings Layout { get; set; }
    internal Metric[] Holds { get; set; } = [];
    internal Metric[] Lacks { get; set; } = [];

    /// <summary>Bytes; 0 where the file does not say.</summary>
    internal ulong SizeLeast { get; set; }
    internal ulong SizeMost { get; set; } = ulong.MaxValue;
    internal ulong SizeMultiple { get; set; } = 1;
    internal ulong[] SizesWithGuard { get; set; } = [];
    internal ulong StartMultiple { get; set; } = 1;
    internal ulong StartNotMultiple { get; set; }
    internal ulong ReserveBeside { get; set; }

    /// <summary>Lowest start, and the address that the start must be below.</summary>
    internal ulong From { get; set; }
    internal ulong Below { get; set; } = ulong.MaxValue;

    /// <summary>How many mappings of a snapshot must pass for any of them to count.</summary>
    internal int Several { get; set; } = 1;

    /// <summary>Whether any test needs more than the name, the permissions and the flags; set once the rule is whole.</summary>
    internal bool LooksAtRow { get; set; }

    /// <summary>The tests that hold for every mapping of a name.</summary>
    internal bool MatchesName(NameParts name) =>
        (Backing == Backing.Any || (name.Backing & Backing) != Backing.Any)
        && (Names.Length == 0 || MatchesAny(Names, name.Name))
        && (Owners.Length == 0 || (name.Owner.Length > 0 && MatchesAny(Owners, name.Owner)));

    /// <summary>The test that holds for all mappings of some permissions.</summary>
    internal bool MatchesPermissions(VmaPermissions permissions)
    {
        if (Permissions is not { } wanted) return true;
        var text = permissions.Text();
        for (var i = 0; i < wanted.Length; i++) if (wanted[i] != '?' && wanted[i] != text[i]) return false;
        return true;
    }

    /// <summary>The test that holds for all mappings of some VmFlags.</summary>
    internal bool MatchesFlags(string? flags)
    {
        if (Flags.Length == 0) return true;
        foreach (var code in Flags) if (VmFlags.Has(flags, code)) return true;
        return false;
    }

    /// <summary>Whether one of some patterns matches.</summary>
    internal static bool MatchesAny(NamePattern[] patterns, ReadOnlySpan<char> name)
    {
        foreach (var pattern in patterns) if (pattern.Matches(name)) return true;
        return false;
    }
}

/// <summary>Codes of VmFlags.</summary>
internal static class VmFlags
{
    /// <summary>Whether the flags as printed (<c>rd wr mr</c>) hold a two-letter code.</summary>
    public static bool Has(string? flags, string code)
    {
        if (flags is null) return false;
        for (var at = flags.IndexOf(code, StringComparison.Ordinal); at >= 0; at = flags.IndexOf(code, at + 1, StringComparison.Ordinal))
        {
            if ((at == 0 || flags[at - 1] == ' ') && (at + 2 == flags.Length || flags[at + 2] == ' ')) return true;
        }
        return false;
    }
}
