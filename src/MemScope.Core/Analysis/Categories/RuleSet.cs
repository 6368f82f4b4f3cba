using System.Numerics;

namespace MemScope.Core.Analysis.Categories;

/// <summary>A set of rules by their place in the file: two words, so that what is left of them for a mapping is a few ANDs.</summary>
/// <param name="Low">Rules 0 to 63.</param>
/// <param name="High">Rules 64 to 127.</param>
internal readonly record struct RuleSet(ulong Low, ulong High)
{
    /// <summary>How many rules a file may have.</summary>
    public const int Capacity = 128;

    /// <summary>The lowest rule of the set; <see cref="Capacity"/> when it is empty.</summary>
    public int First => Low != 0 ? BitOperations.TrailingZeroCount(Low) : 64 + BitOperations.TrailingZeroCount(High);

    /// <summary>Those of both.</summary>
    public static RuleSet operator &(RuleSet a, RuleSet b) => new(a.Low & b.Low, a.High & b.High);

    /// <summary>Those of either.</summary>
    public static RuleSet operator |(RuleSet a, RuleSet b) => new(a.Low | b.Low, a.High | b.High);

    /// <summary>Without the lowest.</summary>
    public RuleSet WithoutFirst() => Low != 0 ? new(Low & (Low - 1), High) : new(0, High & (High - 1));

    /// <summary>With one more.</summary>
    public RuleSet With(int rule) => rule < 64 ? new(Low | (1UL << rule), High) : new(Low, High | (1UL << (rule - 64)));

    /// <summary>Those from a place on.</summary>
    public RuleSet From(int rule) => rule < 64 ? new(Low & (ulong.MaxValue << rule), High) : rule < Capacity ? new(0, High & (ulong.MaxValue << (rule - 64))) : default;

    /// <summary>The rules that pass a test.</summary>
    public static RuleSet Of(IReadOnlyList<CategoryRule> rules, Predicate<CategoryRule> test)
    {
        var set = default(RuleSet);
        for (var i = 0; i < rules.Count; i++) if (test(rules[i])) set = set.With(i);
        return set;
    }
}
