using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Categories;

/// <summary>Says of each mapping of an address space what kind of memory it is. Neighbours matter: guards, arena remainders and bss are told by what lies beside them.</summary>
public static class Categorizer
{
    private static readonly CategoryAssignment Unknown = new(Category.Anonymous, Confidence.Guess, "no rule knows it");

    /// <summary>One assignment per row of the table: the first rule of <see cref="CategoryRules.All"/> that applies.</summary>
    public static CategoryAssignment[] Classify(VmaTable vmas)
    {
        var space = new AddressSpaceFacts(vmas);
        var assignments = new CategoryAssignment[vmas.Count];
        for (var i = 0; i < assignments.Length; i++) assignments[i] = FirstMatch(new MappingFacts(space, i));
        return assignments;
    }

    private static CategoryAssignment FirstMatch(MappingFacts mapping)
    {
        foreach (var rule in CategoryRules.All)
        {
            if (rule.Applies(mapping)) return rule.Assignment;
        }
        return Unknown;
    }
}
