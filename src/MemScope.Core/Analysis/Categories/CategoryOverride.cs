using System.Globalization;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Categories;

/// <summary>What an override speaks of.</summary>
public enum OverrideTarget : byte
{
    /// <summary>One region, by its id.</summary>
    Region,
    /// <summary>All regions whose name matches a pattern: <c>*</c> at an end stands for anything.</summary>
    Name,
    /// <summary>All regions that a rule decided, by its id.</summary>
    Rule,
}

/// <summary>A category that a user gave to regions in place of the rules'. It changes answers, never what is stored.</summary>
/// <param name="Category">The category.</param>
/// <param name="Target">What it speaks of.</param>
/// <param name="Value">The region's id, the pattern, or the rule's id.</param>
public sealed record CategoryOverride(Category Category, OverrideTarget Target, string Value)
{
    private const string NamePrefix = "name:", RulePrefix = "rule:";

    private readonly NamePattern _pattern = new(Target == OverrideTarget.Name ? Value : "", digits: false);

    /// <summary>Id of the region that it speaks of, or null: the one of the text, or the one that the region has now.</summary>
    public Guid? Region { get; init; } = Target == OverrideTarget.Region ? Guid.Parse(Value, CultureInfo.InvariantCulture) : null;

    /// <summary>As an address writes it: <c>heap:name:/dev/shm/*</c>. Commas and percent signs, which separate and escape there, are escaped.</summary>
    public string Text => $"{Category.Slug()}:{Target switch { OverrideTarget.Name => NamePrefix, OverrideTarget.Rule => RulePrefix, _ => "" }}{Escape(Value)}";

    /// <summary>Whether it speaks of a region that a rule decided.</summary>
    public bool AppliesTo(Region region, CategoryRule rule)
    {
        ArgumentNullException.ThrowIfNull(region);
        ArgumentNullException.ThrowIfNull(rule);
        return Target switch
        {
            OverrideTarget.Region => region.Id == Region,
            OverrideTarget.Name => MatchesName(region.Backing),
            _ => rule.Id == Value,
        };
    }

    /// <summary>Whether an override of names speaks of one, which may have become <c>" (deleted)"</c> since.</summary>
    public bool MatchesName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Target == OverrideTarget.Name && name.Length > 0 && (_pattern.Matches(name) || _pattern.Matches(new NameParts(name).Name));
    }

    /// <summary>The override of all that have a name, deleted since or not.</summary>
    public static CategoryOverride OfName(Category category, string name) => new(category, OverrideTarget.Name, new NameParts(name).Name.ToString());

    /// <summary>The override of a region.</summary>
    public static CategoryOverride OfRegion(Category category, Guid region) => new(category, OverrideTarget.Region, region.ToString());

    /// <summary>Reads what <see cref="Text"/> writes.</summary>
    /// <exception cref="FormatException">With what is wrong, for people.</exception>
    public static CategoryOverride Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0) throw new FormatException($"“{Clip(text)}” is not category:target");
        var slug = text[..colon];
        if (Model.Categories.Parse(slug) is not { } category) throw new FormatException($"there is no category “{Clip(slug)}”");
        if (category == Category.Reserved) throw new FormatException("nothing can be made reserved: that is what holds no memory");
        var target = Unescape(text[(colon + 1)..]);
        if (target.Length > CategoryOverrides.LongestTarget) throw new FormatException($"a target of {target.Length.ToString(CultureInfo.InvariantCulture)} characters is too long; {CategoryOverrides.LongestTarget} are the most");
        if (target.StartsWith(NamePrefix, StringComparison.Ordinal)) return new(category, OverrideTarget.Name, Said(target[NamePrefix.Length..]));
        if (target.StartsWith(RulePrefix, StringComparison.Ordinal))
            return new(category, OverrideTarget.Rule, CategoryRules.Find(target[RulePrefix.Length..])?.Id ?? throw new FormatException($"there is no rule “{Clip(target[RulePrefix.Length..])}”"));
        return Guid.TryParseExact(target, "D", out var region) ? OfRegion(category, region) : throw new FormatException($"“{Clip(target)}” is neither a region's id, nor name:…, nor rule:…");
    }

    private static string Said(string pattern) => new NamePattern(pattern, digits: false).Fixed.Length > 0 ? pattern : throw new FormatException("a name pattern must say something");

    private static string Clip(string text) => text.Length <= 40 ? text : text[..40] + "…";

    private static string Escape(string value) => value.Replace("%", "%25", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);

    private static string Unescape(string text) => text.Replace("%2C", ",", StringComparison.OrdinalIgnoreCase).Replace("%25", "%", StringComparison.Ordinal);
}
