using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Diff;

/// <summary>A number that a diff compares. Slugs in <see cref="DiffMetrics"/>.</summary>
public enum DiffMetric : byte
{
    /// <summary>Rss, bytes.</summary>
    Rss,
    /// <summary>Pss, bytes.</summary>
    Pss,
    /// <summary>Private_Clean + Private_Dirty, bytes.</summary>
    Uss,
    /// <summary>Private_Dirty, bytes.</summary>
    PrivateDirty,
    /// <summary>Swap, bytes.</summary>
    Swap,
    /// <summary>Size of the address ranges, bytes.</summary>
    Virtual,
    /// <summary>How many mappings.</summary>
    Mappings,
}

/// <summary>Slugs of <see cref="DiffMetric"/>, and which of them a table has.</summary>
public static class DiffMetrics
{
    private static readonly string[] Slugs = ["rss", "pss", "uss", "private-dirty", "swap", "virtual", "mappings"];

    /// <summary>All, in the order of columns.</summary>
    public static IReadOnlyList<DiffMetric> All { get; } = Enum.GetValues<DiffMetric>();

    /// <summary>As in addresses and on the wire: <c>private-dirty</c>.</summary>
    public static string Slug(this DiffMetric metric) => Slugs[(int)metric];

    /// <summary>The metric of a slug, or null.</summary>
    public static DiffMetric? Parse(string? slug) => Array.IndexOf(Slugs, slug) is >= 0 and var i ? (DiffMetric)i : null;
}

/// <summary>
/// Sizes of a part of one side. A number that the side's source does not print counts as 0 here; <see cref="DiffAnswer.Metrics"/> says which numbers both sides have, and only those mean anything.
/// </summary>
/// <param name="RssBytes">Rss.</param>
/// <param name="PssBytes">Pss.</param>
/// <param name="VirtualBytes">Length of the ranges.</param>
public readonly record struct DiffSizes(long RssBytes, long PssBytes, long VirtualBytes)
{
    /// <summary>Private_Clean + Private_Dirty.</summary>
    public long UssBytes { get; init; }

    /// <summary>Private_Dirty.</summary>
    public long PrivateDirtyBytes { get; init; }

    /// <summary>Swap.</summary>
    public long SwapBytes { get; init; }

    /// <summary>How many mappings.</summary>
    public long Mappings { get; init; }

    /// <summary>One of the numbers.</summary>
    public long Of(DiffMetric metric) => metric switch
    {
        DiffMetric.Rss => RssBytes,
        DiffMetric.Pss => PssBytes,
        DiffMetric.Uss => UssBytes,
        DiffMetric.PrivateDirty => PrivateDirtyBytes,
        DiffMetric.Swap => SwapBytes,
        DiffMetric.Virtual => VirtualBytes,
        _ => Mappings,
    };

    /// <summary>Sum.</summary>
    public static DiffSizes operator +(DiffSizes a, DiffSizes b) => new(a.RssBytes + b.RssBytes, a.PssBytes + b.PssBytes, a.VirtualBytes + b.VirtualBytes)
    {
        UssBytes = a.UssBytes + b.UssBytes, PrivateDirtyBytes = a.PrivateDirtyBytes + b.PrivateDirtyBytes, SwapBytes = a.SwapBytes + b.SwapBytes, Mappings = a.Mappings + b.Mappings,
    };

    /// <summary>Difference.</summary>
    public static DiffSizes operator -(DiffSizes a, DiffSizes b) => new(a.RssBytes - b.RssBytes, a.PssBytes - b.PssBytes, a.VirtualBytes - b.VirtualBytes)
    {
        UssBytes = a.UssBytes - b.UssBytes, PrivateDirtyBytes = a.PrivateDirtyBytes - b.PrivateDirtyBytes, SwapBytes = a.SwapBytes - b.SwapBytes, Mappings = a.Mappings - b.Mappings,
    };
}

/// <summary>The columns of a table that a diff reads, looked up once.</summary>
internal readonly struct SizeColumns
{
    private const long KiB = 1024;

    private readonly VmaTable _vmas;
    private readonly MetricColumn _rss, _pss, _clean, _dirty, _swap;

    public SizeColumns(VmaTable vmas)
    {
        _vmas = vmas;
        (_rss, _pss, _swap) = (vmas.Column(Metric.Rss), vmas.Column(Metric.Pss), vmas.Column(Metric.Swap));
        (_clean, _dirty) = (vmas.Column(Metric.PrivateClean), vmas.Column(Metric.PrivateDirty));
    }

    /// <summary>Sizes of one mapping.</summary>
    public DiffSizes Of(int row)
    {
        var dirty = Bytes(_dirty, row);
        return new(Bytes(_rss, row), Bytes(_pss, row), (long)_vmas[row].VirtualBytes)
        {
            UssBytes = _clean.IsEmpty || _dirty.IsEmpty ? 0 : Bytes(_clean, row) + dirty, PrivateDirtyBytes = dirty, SwapBytes = Bytes(_swap, row), Mappings = 1,
        };
    }

    /// <summary>Whether the source prints a number. Of a table without mappings every sum is known: 0.</summary>
    public bool Has(DiffMetric metric) => _vmas.Count == 0 || metric switch
    {
        DiffMetric.Rss => !_rss.IsEmpty,
        DiffMetric.Pss => !_pss.IsEmpty,
        DiffMetric.Uss => !_clean.IsEmpty && !_dirty.IsEmpty,
        DiffMetric.PrivateDirty => !_dirty.IsEmpty,
        DiffMetric.Swap => !_swap.IsEmpty,
        _ => true,
    };

    /// <summary>The numbers that both tables have.</summary>
    public static IReadOnlyList<DiffMetric> Shared(SizeColumns a, SizeColumns b) => [.. DiffMetrics.All.Where(m => a.Has(m) && b.Has(m))];

    private static long Bytes(MetricColumn column, int row) => column.IsEmpty ? 0 : Math.Max(0, column[row]) * KiB;
}
