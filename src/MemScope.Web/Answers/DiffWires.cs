using MemScope.Core.Analysis.Diff;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Differences as wire records.</summary>
internal static class DiffWires
{
    /// <summary>The difference from one point of a track to another, in either order of time; all rows in address order.</summary>
    public static (DiffTotalWire Total, IReadOnlyList<DiffRowWire> Rows, string Answer) Of(Track track, int before, int after)
    {
        var diff = SnapshotDiffer.Compare(track, before, after);
        var total = new DiffTotalWire(Of(diff.BaseTotal), Of(diff.CurrentTotal), Of(diff.CurrentTotal - diff.BaseTotal));
        return (total, [.. diff.Rows.Select(Of)], DiffWords.Answer(diff));
    }

    private static DiffRowWire Of(DiffRow row)
    {
        var vma = row.CurrentVma ?? row.BaseVma;
        return new DiffRowWire(row.State.ToString().ToLowerInvariant(), row.Region.Id, row.Category.Slug(), vma?.Name ?? row.Region.Backing, Of(row.Base), Of(row.Current), Of(row.Delta))
        {
            BaseRange = row.BaseVma?.Range.ToString(),
            CurrentRange = row.CurrentVma?.Range.ToString(),
            Perms = vma?.Permissions.Text() ?? "",
            Words = row.Words,
        };
    }

    private static DiffSizesWire Of(DiffSizes sizes) => new(sizes.RssBytes, sizes.PssBytes, sizes.VirtualBytes);
}
