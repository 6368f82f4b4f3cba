using MemScope.Core.Analysis.Diff;
using MemScope.Core.Model;
using MemScope.Storage.Queries;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>A difference without the snapshots that it is of.</summary>
internal sealed record DiffFigures(DiffTotalWire Total, IReadOnlyList<DiffRowWire> Rows, IReadOnlyList<DiffGroupWire> Groups, IReadOnlyList<DiffRestWire> Rest, IReadOnlyDictionary<string, int> States,
    string Metric, IReadOnlyList<string> Metrics, string Group, int AllRows, int Matching, string Answer)
{
    /// <summary>With the snapshots.</summary>
    public DiffWire ToWire(SnapshotRow before, SnapshotRow after) => new(before.ToWire(), after.ToWire(), Total, Rows)
    {
        Answer = Answer, Metric = Metric, Metrics = Metrics, Group = Group, Groups = Groups, Rest = Rest, States = States, AllRows = AllRows, Matching = Matching,
    };
}

/// <summary>Differences as wire records. Only rows that are listed are put into words.</summary>
internal sealed class DiffWires
{
    private readonly DiffAnswer _diff;
    private readonly DiffMetric _metric;
    private readonly bool[] _has = new bool[DiffMetrics.All.Count];

    private DiffWires(DiffAnswer diff, DiffRequest request)
    {
        _diff = diff;
        _metric = request.Metric is { } asked && diff.Metrics.Contains(asked) ? asked : diff.MainMetric;
        foreach (var metric in diff.Metrics) _has[(int)metric] = true;
    }

    /// <summary>A difference as it was asked for; its sentence speaks of the whole.</summary>
    public static DiffFigures Of(DiffAnswer diff, DiffRequest request, string answer)
    {
        var wires = new DiffWires(diff, request);
        var keep = wires.Filter(request);
        var total = new DiffTotalWire(wires.Sizes(diff.BaseTotal), wires.Sizes(diff.CurrentTotal), wires.Sizes(diff.CurrentTotal - diff.BaseTotal)) { DeltaPercent = wires.Percent(diff.BaseTotal, diff.CurrentTotal) };
        var (rows, groups, rest, matching) = wires.Parts(request, keep);
        var states = new int[DiffRequest.States.Count];
        foreach (var row in diff.Rows) states[(int)row.State]++;
        return new(total, rows, groups, rest, states.Select((count, i) => (State: DiffRequest.States[i], Count: count)).Where(s => s.Count > 0).ToDictionary(s => s.State, s => s.Count, StringComparer.Ordinal),
            wires._metric.Slug(), [.. diff.Metrics.Select(m => m.Slug())], request.Group, diff.Rows.Count, matching, answer);
    }

    private (IReadOnlyList<DiffRowWire> Rows, IReadOnlyList<DiffGroupWire> Groups, IReadOnlyList<DiffRestWire> Left, int Matching) Parts(DiffRequest request, Predicate<int>? keep)
    {
        if (request is { Group: DiffRequest.Flat, Limit: null })
        {
            var all = new List<DiffRowWire>(_diff.Rows.Count);
            for (var row = 0; row < _diff.Rows.Count; row++)
                if (keep is null || keep(row)) all.Add(Row(row));
            return (all, [], [], all.Count);
        }
        var tree = DiffTree.Of(_diff, _metric, request.Group == DiffRequest.ByBacking, request.Limit ?? int.MaxValue, keep);
        return request.Group == DiffRequest.Flat
            ? ([.. tree.Listed.Select(Row)], [], [.. tree.Groups.Select(g => Rest(g)).OfType<DiffRestWire>()], tree.Kept)
            : ([], [.. tree.Groups.Select(Group)], [], tree.Kept);
    }

    private Predicate<int>? Filter(DiffRequest request)
    {
        var state = request.State is null ? (DiffState?)null : (DiffState)DiffRequest.States.ToList().IndexOf(request.State);
        var text = string.IsNullOrWhiteSpace(request.Filter) ? null : request.Filter.Trim();
        if (state is null && text is null) return null;
        return row => (state is null || _diff.Rows[row].State == state) && (text is null || Contains(row, text));
    }

    private bool Contains(int row, string text)
    {
        var (before, after) = Ranges(row);
        return Has(_diff.Backings[_diff.Rows[row].Backing]) || Has(_diff.Rows[row].Category.Slug()) || Has(before) || Has(after) || Has(NameOf(row)) || Has(_diff.Words(row));

        bool Has(string? part) => part?.Contains(text, StringComparison.OrdinalIgnoreCase) == true;
    }

    private DiffGroupWire Group(DiffGroup group) =>
        new(group.Category.Slug(), group.Backing is { } backing ? _diff.Backings[backing] : null, DiffRequest.Slug(group.State), Sizes(group.Base), Sizes(group.Current), Sizes(group.Current - group.Base))
        {
            DeltaPercent = Percent(group.Base, group.Current), RowCount = group.Count, Changed = group.Changed, Rest = Rest(group), Groups = [.. group.Groups.Select(Group)], Rows = [.. group.Rows.Select(Row)],
        };

    private DiffRestWire? Rest(DiffGroup group) => group.Rest is { Rows: > 0 } rest
        ? new DiffRestWire(group.Category.Slug(), rest.Rows, rest.Unchanged, Sizes(rest.Base), Sizes(rest.Current), Sizes(rest.Current - rest.Base))
        : null;

    private DiffRowWire Row(int index)
    {
        var row = _diff.Rows[index];
        var (before, after) = Ranges(index);
        var wire = new DiffRowWire(DiffRequest.Slug(row.State), null, row.Category.Slug(), NameOf(index), Sizes(row.Base), Sizes(row.Current), Sizes(row.Delta))
        {
            DeltaPercent = Percent(row.Base, row.Current), BaseRange = before, CurrentRange = after, Words = _diff.Words(index),
        };
        return _diff switch
        {
            SnapshotDiff regions => wire with { RegionId = regions.RegionOf(index).Id, Perms = (regions.CurrentVma(index) ?? regions.BaseVma(index))?.Permissions.Text() ?? "" },
            SpaceDiff spaces => wire with
            {
                Perms = spaces.Part(index).Permissions.Text(), Match = spaces.Part(index).Match.ToString().ToLowerInvariant(), BaseNames = spaces.Part(index).BaseNames, CurrentNames = spaces.Part(index).CurrentNames,
            },
            _ => wire,
        };
    }

    private string NameOf(int row) => _diff is SnapshotDiff regions ? (regions.CurrentVma(row) ?? regions.BaseVma(row))?.Name ?? "" : _diff.Backings[_diff.Rows[row].Backing];

    private (string? Base, string? Current) Ranges(int row) => _diff switch
    {
        SnapshotDiff regions => (regions.BaseVma(row)?.Range.ToString(), regions.CurrentVma(row)?.Range.ToString()),
        SpaceDiff spaces => (spaces.Part(row).BaseRange?.ToString(), spaces.Part(row).CurrentRange?.ToString()),
        _ => (null, null),
    };

    private DiffSizesWire Sizes(DiffSizes s) => new(Known(DiffMetric.Rss, s.RssBytes), Known(DiffMetric.Pss, s.PssBytes), s.VirtualBytes)
    {
        UssBytes = Known(DiffMetric.Uss, s.UssBytes), PrivateDirtyBytes = Known(DiffMetric.PrivateDirty, s.PrivateDirtyBytes), SwapBytes = Known(DiffMetric.Swap, s.SwapBytes), Mappings = s.Mappings,
    };

    private long? Known(DiffMetric metric, long value) => _has[(int)metric] ? value : null;

    private double? Percent(DiffSizes before, DiffSizes after) => before.Of(_metric) is var was && was == 0 ? null : 100.0 * (after.Of(_metric) - was) / was;
}
