namespace MemScope.Web.Components.Charts;

/// <summary>Something that happened on the time line of a process.</summary>
/// <param name="Label">In a word or two, beside its mark.</param>
/// <param name="From">When, or when it began.</param>
/// <param name="To">When it ended; the same moment for what has no length.</param>
/// <param name="Words">The whole of it, for whoever points at it or hears it.</param>
public sealed record TimelineMark(string Label, DateTimeOffset From, DateTimeOffset To, string Words)
{
    /// <summary>Where it leads; null in a frozen view.</summary>
    public string? Href { get; init; }

    /// <summary>Id of the element on the same page that shows it in full, or null.</summary>
    public string? Target { get; init; }
}

/// <summary>One kind of marks.</summary>
/// <param name="Slug"><c>snapshots</c>, <c>traces</c>, <c>findings</c> or <c>notes</c>: the lane's name and its class.</param>
/// <param name="Marks">What there is.</param>
public sealed record TimelineLane(string Slug, IReadOnlyList<TimelineMark> Marks)
{
    /// <summary>Where marks that stand for several lead; null in a frozen view.</summary>
    public string? Href { get; init; }

    /// <summary>Whether a mark is a moment, with its end drawn as a thin line, or a bar from its beginning to its end.</summary>
    public bool HasMoments { get; init; }

    /// <summary>Rows that bars which overlap may take.</summary>
    public int Rows { get; init; } = 1;
}

/// <summary>A mark in its place, in percent of the width.</summary>
/// <param name="Row">0 for the topmost.</param>
/// <param name="From">Left end of the mark.</param>
/// <param name="To">Right end of the mark.</param>
/// <param name="Marks">What it stands for: one, or several that would lie on one another.</param>
public sealed record TimelinePlace(int Row, double From, double To, IReadOnlyList<TimelineMark> Marks)
{
    /// <summary>Where its label may begin.</summary>
    public double LabelFrom { get; init; }

    /// <summary>Where its label must end; no label where that is not beyond its beginning.</summary>
    public double LabelTo { get; init; }

    /// <summary>Whether the label ends at the mark instead of beginning there: at the right edge.</summary>
    public bool LabelIsBefore { get; init; }
}
