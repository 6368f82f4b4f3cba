using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Categories;

/// <summary>What all rules say of one name. Asked once per distinct name of a snapshot.</summary>
/// <param name="Matches">Rules whose tests of the name hold.</param>
/// <param name="Loads">Rules that look for a program or library of this name.</param>
/// <param name="Backing">What the name is the name of.</param>
internal readonly record struct NameVerdict(RuleSet Matches, RuleSet Loads, Backing Backing);

/// <summary>Rules sorted by what they look at, so that a name is compared with the few patterns that could match it.</summary>
internal sealed class RuleTable
{
    private const int Buckets = 128;
    private readonly RuleSet[] _byPermissions = new RuleSet[16];
    private readonly RuleSet[] _byBacking = new RuleSet[32];
    private readonly List<(NamePattern Pattern, int Rule)>[] _names = NewBuckets();
    private readonly List<(NamePattern Pattern, int Rule)>[] _owners = NewBuckets();
    private readonly List<(NamePattern Pattern, int Rule)>[] _loads = NewBuckets();
    private readonly RuleSet _withoutName, _withoutOwner;
    private readonly RuleSet _withFlags;

    /// <summary>Compiles rules in their order.</summary>
    public RuleTable(CategoryRule[] rules)
    {
        Rules = rules;
        for (var p = 0; p < _byPermissions.Length; p++) _byPermissions[p] = RuleSet.Of(rules, r => r.MatchesPermissions((VmaPermissions)p));
        for (var b = 0; b < _byBacking.Length; b++) _byBacking[b] = RuleSet.Of(rules, r => r.Backing == Backing.Any || (r.Backing & (Backing)b) != Backing.Any);
        for (var i = 0; i < rules.Length; i++)
        {
            foreach (var pattern in rules[i].Names) Put(_names, pattern, i);
            foreach (var pattern in rules[i].Owners) Put(_owners, pattern, i);
            foreach (var pattern in rules[i].Loads) Put(_loads, pattern, i);
        }
        _withoutName = RuleSet.Of(rules, r => r.Names.Length == 0);
        _withoutOwner = RuleSet.Of(rules, r => r.Owners.Length == 0);
        _withFlags = RuleSet.Of(rules, r => r.Flags.Length > 0);
        WithoutLoads = RuleSet.Of(rules, r => r.Loads.Length == 0);
        Several = RuleSet.Of(rules, r => r.Several > 1);
    }

    /// <summary>The rules.</summary>
    public CategoryRule[] Rules { get; }

    /// <summary>Rules that ask for no program or library.</summary>
    public RuleSet WithoutLoads { get; }

    /// <summary>Rules that need more than one mapping.</summary>
    public RuleSet Several { get; }

    /// <summary>Rules whose test of the permissions holds.</summary>
    public RuleSet Of(VmaPermissions permissions) => _byPermissions[(int)permissions & 15];

    /// <summary>Rules whose test of the VmFlags holds.</summary>
    public RuleSet OfFlags(string? flags)
    {
        var set = new RuleSet(~_withFlags.Low, ~_withFlags.High);
        for (var asking = _withFlags; asking.First < Rules.Length; asking = asking.WithoutFirst())
            if (Rules[asking.First].MatchesFlags(flags)) set = set.With(asking.First);
        return set;
    }

    /// <summary>What the rules say of a name.</summary>
    public NameVerdict OfName(string name)
    {
        var parts = new NameParts(name);
        var matches = _byBacking[(int)parts.Backing] & (_withoutName | Find(_names, parts.Name)) & (_withoutOwner | Find(_owners, parts.Owner));
        return new(matches, Find(_loads, parts.FileName), parts.Backing);
    }

    private static RuleSet Find(List<(NamePattern Pattern, int Rule)>[] buckets, ReadOnlySpan<char> name)
    {
        var set = default(RuleSet);
        if (name.IsEmpty) return set;
        foreach (var (pattern, rule) in buckets[BucketOf(name)]) if (pattern.Matches(name)) set = set.With(rule);
        foreach (var (pattern, rule) in buckets[0]) if (pattern.Matches(name)) set = set.With(rule);
        return set;
    }

    /// <summary>Patterns that may begin anyhow, or have one character only, lie in bucket 0 and are tried for every name.</summary>
    private static void Put(List<(NamePattern Pattern, int Rule)>[] buckets, NamePattern pattern, int rule) =>
        buckets[pattern.BeginsAnyhow || pattern.Fixed.Length < 2 ? 0 : BucketOf(pattern.Fixed)].Add((pattern, rule));

    /// <summary>By the second character for most names: the first is a slash or a bracket.</summary>
    private static int BucketOf(ReadOnlySpan<char> name) => name.Length < 2 ? 0 : 1 + ((name[0] + (7 * name[1])) % (Buckets - 1));

    private static List<(NamePattern Pattern, int Rule)>[] NewBuckets()
    {
        var buckets = new List<(NamePattern, int)>[Buckets];
        for (var i = 0; i < Buckets; i++) buckets[i] = [];
        return buckets;
    }
}
