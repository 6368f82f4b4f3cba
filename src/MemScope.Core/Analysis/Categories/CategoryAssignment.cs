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

/// <summary>What kind of memory a mapping is, and why.</summary>
/// <param name="Category">The category.</param>
/// <param name="Confidence">How sure.</param>
/// <param name="Reason">Half a sentence for people: <c>named [heap] by the kernel</c>.</param>
public readonly record struct CategoryAssignment(Category Category, Confidence Confidence, string Reason);
