namespace MemScope.Web.Wire;

/// <summary>A part of a chart by region or backing, at both ends of a window. The parts add up to the total at either end.</summary>
/// <param name="Key">Region id, backing, or <c>other</c>.</param>
/// <param name="Title">For people.</param>
/// <param name="Category">Slug of its category; empty for <c>other</c>.</param>
/// <param name="First">Value at the window's first snapshot, 0 where it does not exist.</param>
/// <param name="Last">Value at its last.</param>
public sealed record SeriesPartWire(string Key, string Title, string Category, double First, double Last)
{
    /// <summary>Last minus first.</summary>
    public double Change => Last - First;
}

/// <summary>Parts of a chart, top of the stack first.</summary>
/// <param name="Unit"><c>bytes</c> or <c>count</c>.</param>
/// <param name="Items">The parts that changed most over the whole track, and the rest in sum.</param>
public sealed record SeriesPartsWire(string Unit, IReadOnlyList<SeriesPartWire> Items);
