using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Diff;

/// <summary>What became of a row between base and current. On the wire in lower case.</summary>
public enum DiffState : byte
{
    /// <summary>Same range, permissions and RSS. PSS may differ: it moves whenever another process maps or leaves the same pages. Between two processes: equal sums.</summary>
    Unchanged,
    /// <summary>More RSS, or more addresses at equal RSS.</summary>
    Grown,
    /// <summary>Less RSS, or fewer addresses at equal RSS.</summary>
    Shrunk,
    /// <summary>Only in current.</summary>
    Born,
    /// <summary>Only in base.</summary>
    Gone,
    /// <summary>Lies elsewhere, larger or not. Within a track only: addresses of two processes say nothing of each other.</summary>
    Moved,
    /// <summary>Only in current: cut off a region that base has. Within a track only.</summary>
    Split,
    /// <summary>Only in base: joined into a region that current has. Within a track only.</summary>
    Merged,
    /// <summary>Other permissions. Within a track only.</summary>
    Reprotected,
    /// <summary>Another version of a file in its place: <c>libfoo.so.1.2</c> and <c>libfoo.so.1.3</c>. Between two processes only.</summary>
    Replaced,
}

/// <summary>One part of a difference: a region of a track, or what two processes have of one kind.</summary>
/// <param name="State">What became of it.</param>
/// <param name="Category">Its category.</param>
/// <param name="Backing">What backs it: index into <see cref="DiffAnswer.Backings"/>.</param>
/// <param name="Base">Sizes in base, 0 when absent.</param>
/// <param name="Current">Sizes in current, 0 when absent.</param>
public readonly record struct DiffRow(DiffState State, Category Category, int Backing, DiffSizes Base, DiffSizes Current)
{
    /// <summary>Current minus base.</summary>
    public DiffSizes Delta => Current - Base;
}

/// <summary>The difference of two address spaces. Every mapping of both sides is in exactly one row, so rows add up to the totals, and their deltas to the difference of the totals.</summary>
public abstract class DiffAnswer
{
    private protected DiffAnswer(IReadOnlyList<DiffMetric> metrics, DiffRow[] rows, IReadOnlyList<string> backings)
    {
        (Metrics, RowArray, Backings) = (metrics, rows, backings);
        foreach (ref readonly var row in rows.AsSpan()) (BaseTotal, CurrentTotal) = (BaseTotal + row.Base, CurrentTotal + row.Current);
    }

    /// <summary>The numbers that both sides have.</summary>
    public IReadOnlyList<DiffMetric> Metrics { get; }

    /// <summary>Sum over base.</summary>
    public DiffSizes BaseTotal { get; }

    /// <summary>Sum over current.</summary>
    public DiffSizes CurrentTotal { get; }

    /// <summary>The parts.</summary>
    public IReadOnlyList<DiffRow> Rows => RowArray;

    /// <summary>The same for whoever goes over all of them.</summary>
    internal DiffRow[] RowArray { get; }

    /// <summary>Names of what backs the rows; empty for unnamed memory.</summary>
    public IReadOnlyList<string> Backings { get; }

    /// <summary>The number that speaks where nobody asks for one: RSS, or the virtual size where a side has no RSS.</summary>
    public DiffMetric MainMetric => Metrics.Contains(DiffMetric.Rss) ? DiffMetric.Rss : DiffMetric.Virtual;

    /// <summary>What changed in a row, in words; empty where nothing did.</summary>
    public abstract string Words(int row);

    /// <summary>What sums say of a part: its state by RSS, then by addresses, then by the number of mappings.</summary>
    public static DiffState StateOf(DiffSizes before, DiffSizes after)
    {
        if (before.Mappings == 0 && after.Mappings == 0) return DiffState.Unchanged;
        if (before.Mappings == 0) return DiffState.Born;
        if (after.Mappings == 0) return DiffState.Gone;
        var delta = after - before;
        var sign = delta.RssBytes != 0 ? delta.RssBytes : delta.VirtualBytes != 0 ? delta.VirtualBytes : delta.Mappings;
        return sign > 0 ? DiffState.Grown : sign < 0 ? DiffState.Shrunk : DiffState.Unchanged;
    }
}
