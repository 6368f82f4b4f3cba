using System.Collections.Concurrent;
using System.Globalization;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Categories;

/// <summary>The overrides of a view, in one text that its address carries. Most particular first: a region's goes before a name's, and that before a rule's.</summary>
public sealed class CategoryOverrides
{
    /// <summary>Most overrides of a view: an address has to fit in a request line.</summary>
    public const int Most = 50;

    /// <summary>Most characters of a target.</summary>
    public const int LongestTarget = 300;

    /// <summary>Most characters of the text.</summary>
    public const int LongestText = 4000;

    /// <summary>Id of the rule that stands for an override.</summary>
    public const string RuleId = "yours";

    private readonly CategoryOverride[] _byTarget;
    private readonly ConcurrentDictionary<(Category Category, CategoryRule Rule), CategoryRule> _rules = new();

    private CategoryOverrides(IReadOnlyList<CategoryOverride> items, IReadOnlyList<string> problems)
    {
        (Items, Problems) = (items, problems);
        _byTarget = [.. items.OrderBy(i => i.Target)];
    }

    /// <summary>None.</summary>
    public static CategoryOverrides None { get; } = new([], []);

    /// <summary>In the order of the text.</summary>
    public IReadOnlyList<CategoryOverride> Items { get; }

    /// <summary>What of the text could not be read, for people; the rest holds.</summary>
    public IReadOnlyList<string> Problems { get; }

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => Items.Count == 0;

    /// <summary>The text of an address, or null when there is none.</summary>
    public string? Text => IsEmpty ? null : string.Join(',', Items.Select(i => i.Text));

    /// <summary>Ids of the regions that it speaks of.</summary>
    public IReadOnlyList<Guid> Regions => [.. Items.Select(i => i.Region).OfType<Guid>()];

    /// <summary>Reads a text. Never throws: what cannot be read is left out and told in <see cref="Problems"/>. Of two for one target the later one holds.</summary>
    public static CategoryOverrides Parse(string? text)
    {
        if (string.IsNullOrEmpty(text)) return None;
        if (text.Length > LongestText) return new([], [$"the list of categories is too long: {text.Length.ToString(CultureInfo.InvariantCulture)} characters, {LongestText} are the most"]);
        var (items, problems) = (new List<CategoryOverride>(), new List<string>());
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            try
            {
                var item = CategoryOverride.Parse(part);
                items.RemoveAll(i => i.Target == item.Target && i.Value == item.Value);
                if (items.Count == Most) throw new FormatException($"more than {Most} changed categories");
                items.Add(item);
            }
            catch (FormatException e)
            {
                if (!problems.Contains(e.Message, StringComparer.Ordinal)) problems.Add(e.Message);
            }
        }
        return new(items, problems);
    }

    /// <summary>With one more, in place of one for the same target.</summary>
    public CategoryOverrides With(CategoryOverride item) => new([.. Items.Where(i => i.Target != item.Target || i.Value != item.Value), item], []);

    /// <summary>Without one.</summary>
    public CategoryOverrides Without(CategoryOverride item) => new([.. Items.Where(i => i != item)], []);

    /// <summary>The same for a track that was linked anew: regions by the ids that they have now; texts stay. Of two for one region the later one holds.</summary>
    /// <param name="now">The id that the region of an id has now, or the same id.</param>
    public CategoryOverrides Following(Func<Guid, Guid> now)
    {
        ArgumentNullException.ThrowIfNull(now);
        var items = new List<CategoryOverride>();
        foreach (var item in Items)
        {
            var region = item.Region is { } id ? now(id) : (Guid?)null;
            if (region is not null) items.RemoveAll(i => i.Region == region);
            items.Add(item with { Region = region });
        }
        return new(items, Problems);
    }

    /// <summary>The override that holds for a region that a rule decided, or null.</summary>
    public CategoryOverride? Of(Region region, CategoryRule rule)
    {
        foreach (var item in _byTarget) if (item.AppliesTo(region, rule)) return item;
        return null;
    }

    /// <summary>The same for the rows of a point.</summary>
    public IReadOnlyList<CategoryAssignment> Apply(IReadOnlyList<Region> regions, IReadOnlyList<CategoryAssignment> assigned)
    {
        ArgumentNullException.ThrowIfNull(regions);
        ArgumentNullException.ThrowIfNull(assigned);
        if (IsEmpty) return assigned;
        var applied = new CategoryAssignment[assigned.Count];
        for (var row = 0; row < applied.Length; row++) applied[row] = Apply(regions[row], assigned[row]);
        return applied;
    }

    /// <summary>What a region is in this view: the rule's word, or the user's, which says what the rule had said.</summary>
    public CategoryAssignment Apply(Region region, CategoryAssignment assigned) =>
        Of(region, assigned.Rule) is { } item
            ? new(_rules.GetOrAdd((item.Category, assigned.Rule), static k => new CategoryRule(RuleId)
            {
                Category = k.Category, Kind = k.Rule.Kind, Confidence = Confidence.Certain, Why = $"changed in this view; by rule it is {k.Rule.Category.Slug()}: {k.Rule.Why}",
            }))
            : assigned;
}
