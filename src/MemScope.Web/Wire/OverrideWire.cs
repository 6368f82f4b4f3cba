namespace MemScope.Web.Wire;

/// <summary>A category that was changed by hand in a view.</summary>
/// <param name="Text">As the address has it: <c>heap:name:/dev/shm/*</c>.</param>
/// <param name="Category">Slug of the category that was chosen.</param>
/// <param name="Target">What it speaks of, in words: <c>7f1f5f925000-7f1f62200000</c>, <c>named /dev/shm/*</c>.</param>
/// <param name="Regions">How many regions of the window it holds for; 0 where it names none of them.</param>
/// <param name="ByRule">Slugs of what they are by rule.</param>
public sealed record OverrideWire(string Text, string Category, string Target, int Regions, IReadOnlyList<string> ByRule);
