using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Diff;

/// <summary>The difference of two snapshots of one track, a row per region. It holds on to the track: not to be kept beyond the answer.</summary>
public sealed class SnapshotDiff : DiffAnswer
{
    private readonly (Region Region, int Base, int Current)[] _regions;
    private readonly RowStates _states;

    internal SnapshotDiff(RowStates states, IReadOnlyList<DiffMetric> metrics, DiffRow[] rows, (Region Region, int Base, int Current)[] regions, IReadOnlyList<string> backings)
        : base(metrics, rows, backings) => (_states, _regions) = (states, regions);

    /// <summary>Number of the base snapshot.</summary>
    public int BaseNumber => _states.Track.Points[_states.BaseAt].Number;

    /// <summary>Number of the current snapshot.</summary>
    public int CurrentNumber => _states.Track.Points[_states.CurrentAt].Number;

    /// <summary>From base to current; negative when current is the earlier one.</summary>
    public TimeSpan Time => _states.Track.Points[_states.CurrentAt].TakenAt - _states.Track.Points[_states.BaseAt].TakenAt;

    /// <summary>The region of a row.</summary>
    public Region RegionOf(int row) => _regions[row].Region;

    /// <summary>The row's mapping in base, or null.</summary>
    public Vma? BaseVma(int row) => _regions[row].Base is >= 0 and var at ? _states.Before[at] : null;

    /// <summary>The row's mapping in current, or null.</summary>
    public Vma? CurrentVma(int row) => _regions[row].Current is >= 0 and var at ? _states.After[at] : null;

    /// <inheritdoc/>
    public override string Words(int row) => _states.Words(Rows[row].State, _regions[row].Region, BaseVma(row), CurrentVma(row));
}
