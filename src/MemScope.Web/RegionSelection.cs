namespace MemScope.Web;

/// <summary>The regions that a view has selected, as its address carries them (<c>sel</c>): ids with commas between them, in the order in which they were chosen.</summary>
public sealed class RegionSelection
{
    /// <summary>Regions that an address holds at most: it stays below what servers and mail programs cut.</summary>
    public const int Most = 100;

    private readonly List<Guid> _ids;
    private readonly HashSet<Guid> _set;

    private RegionSelection(IEnumerable<Guid> ids)
    {
        _ids = [.. ids.Distinct().Take(Most)];
        _set = [.. _ids];
    }

    /// <summary>Nothing selected.</summary>
    public static RegionSelection None { get; } = new([]);

    /// <summary>The ids, in the order in which they were chosen.</summary>
    public IReadOnlyList<Guid> Ids => _ids;

    /// <summary>The same, to look up.</summary>
    public IReadOnlySet<Guid> Set => _set;

    /// <summary>Whether no more fit.</summary>
    public bool IsFull => _ids.Count == Most;

    /// <summary>As an address has it, or null when nothing is selected.</summary>
    public string? Text => _ids.Count == 0 ? null : string.Join(',', _ids);

    /// <summary>Reads an address. What is no id is left out, and what is more than <see cref="Most"/>.</summary>
    public static RegionSelection Parse(string? text) =>
        string.IsNullOrEmpty(text) ? None : new(text.Split(',', Most + 1, StringSplitOptions.TrimEntries).Select(part => Guid.TryParse(part, out var id) ? id : Guid.Empty).Where(id => id != Guid.Empty));

    /// <summary>With a region chosen, or not any more.</summary>
    public RegionSelection Toggle(Guid region) => _set.Contains(region) ? new(_ids.Where(id => id != region)) : With([region]);

    /// <summary>With more regions, as far as they fit.</summary>
    public RegionSelection With(IEnumerable<Guid> regions) => new([.. _ids, .. regions]);
}
