using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Categories;

/// <summary>How sure a category is. Shown as A, B, C.</summary>
public enum Confidence : byte
{
    /// <summary>A: the kernel says so by name, or the layout can be nothing else.</summary>
    Certain,
    /// <summary>B: a pattern that other memory seldom shows.</summary>
    Strong,
    /// <summary>C: a guess for want of a better one.</summary>
    Guess,
}

/// <summary>Words of <see cref="Confidence"/>.</summary>
public static class Confidences
{
    /// <summary>For people: <c>strong pattern</c>.</summary>
    public static string Words(this Confidence confidence) => confidence switch { Confidence.Certain => "certain", Confidence.Strong => "strong pattern", _ => "guess" };

    /// <summary>The letter of rules and answers: <c>A</c>, <c>B</c> or <c>C</c>.</summary>
    public static string Letter(this Confidence confidence) => confidence switch { Confidence.Certain => "A", Confidence.Strong => "B", _ => "C" };
}

/// <summary>What kind of memory a mapping is: the rule that decided. Two assignments are equal when the same rule did.</summary>
/// <param name="Rule">The rule.</param>
public readonly record struct CategoryAssignment(CategoryRule Rule)
{
    /// <summary>The category.</summary>
    public Category Category => Rule.Category;

    /// <summary>How sure.</summary>
    public Confidence Confidence => Rule.Confidence;

    /// <summary>Finer than the category: <c>python arena</c>.</summary>
    public string Kind => Rule.Kind;

    /// <summary>Half a sentence for people, without the figures of a mapping: <c>named [heap] by the kernel</c>.</summary>
    public string Reason => Rule.Why;
}
