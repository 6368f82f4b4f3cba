using MemScope.Web.Answers;
using MemScope.Web.Components.Layout;
using MemScope.Web.Components.Pages.Diff;
using MemScope.Web.Wire;
using Microsoft.AspNetCore.Components;

namespace MemScope.Web.Components.Pages.Compare;

/// <summary>What does one process hold that the other does not, and is the growth gone?</summary>
public sealed partial class ComparePage
{
    private const int MostProcesses = 200;
    private static readonly TimeSpan TypingPause = TimeSpan.FromMilliseconds(150);

    private CancellationTokenSource? _loading;
    private (string?, string?, string?, string?, string?)? _loaded;
    private DiffShown? _shown;
    private IReadOnlyList<ProcessWire>? _processes;
    private IReadOnlyList<SnapshotWire> _ofA = [], _ofB = [];
    private CompareWire? _compare;
    private LoadProblem? _problem;
    private string _missing = "";
    private int _typed;

    [Inject] private CompareAnswers Answers { get; set; } = default!;
    [Inject] private ProcessAnswers Processes { get; set; } = default!;
    [Inject] private NavigationManager Navigation { get; set; } = default!;
    [Inject] private ILogger<ComparePage> Log { get; set; } = default!;

    [SupplyParameterFromQuery(Name = "base")] private string? Base { get; set; }
    [SupplyParameterFromQuery(Name = "current")] private string? Current { get; set; }
    [SupplyParameterFromQuery(Name = "baseSource")] private string? BaseSource { get; set; }
    [SupplyParameterFromQuery(Name = "currentSource")] private string? CurrentSource { get; set; }
    [SupplyParameterFromQuery(Name = "as")] private string? As { get; set; }
    [SupplyParameterFromQuery(Name = "state")] private string? State { get; set; }
    [SupplyParameterFromQuery(Name = "q")] private string? Filter { get; set; }
    [SupplyParameterFromQuery(Name = "group")] private string? Group { get; set; }
    [SupplyParameterFromQuery(Name = "metric")] private string? Metric { get; set; }
    [SupplyParameterFromQuery(Name = "columns")] private string? Columns { get; set; }

    private DiffShown Shown => new(State, Filter, Group, Metric, Columns is DiffShown.AllColumns);

    // Categories that the user gave hold for both sides.
    private (CompareSide? A, CompareSide? B) Sides => (CompareSide.Parse(Base, BaseSource) is { } a ? a with { As = As } : null, CompareSide.Parse(Current, CurrentSource) is { } b ? b with { As = As } : null);

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        var sides = (Base, Current, BaseSource, CurrentSource, As);
        // Another part of a difference that is there whole asks for nothing new.
        var isWhole = _compare is null || _compare.Diff.AllRows <= DiffRequest.PageRows;
        if (sides == _loaded && (isWhole || Shown == _shown)) return;
        (_loaded, _shown) = (sides, Shown);
        await LoadAsync();
    }

    /// <inheritdoc/>
    public void Dispose() => _loading?.Cancel();

    private async Task LoadAsync()
    {
        _loading?.Cancel();
        using var loading = _loading = new CancellationTokenSource();
        try
        {
            var (a, b) = Sides;
            _processes = await ProcessesAsync(a, b, loading.Token);
            (_ofA, _ofB) = (await SnapshotsAsync(a, loading.Token), await SnapshotsAsync(b, loading.Token));
            var compared = a is not null && b is not null ? await Answers.CompareAsync(a, b, Shown, loading.Token) : new(null);
            (_compare, _missing, _problem) = (compared.Answer, compared.Missing.Length > 0 ? compared.Missing : Unreadable(), null);
        }
        catch (Exception) when (loading.IsCancellationRequested)
        {
            // Overtaken or gone.
        }
        catch (Exception e)
        {
            _problem = LoadProblem.Of(e, Log);
        }
        finally
        {
            if (_loading == loading) _loading = null;
        }
    }

    // The newest ones, and the chosen ones however old they are.
    private async Task<IReadOnlyList<ProcessWire>> ProcessesAsync(CompareSide? a, CompareSide? b, CancellationToken cancel)
    {
        var list = (await Processes.ListAsync(null, null, MostProcesses, cancel)).Items.Where(p => p.Snapshots > 0).ToList();
        foreach (var side in (CompareSide?[])[b, a])
            if (side is not null && list.TrueForAll(p => p.Id != side.Process) && await Processes.FindAsync(side.Process, cancel) is { } process) list.Insert(0, process);
        return list;
    }

    private async Task<IReadOnlyList<SnapshotWire>> SnapshotsAsync(CompareSide? side, CancellationToken cancel) => side is null ? [] : await Processes.SnapshotsAsync(side.Process, side.Source, cancel) ?? [];

    private string Unreadable() => (!string.IsNullOrEmpty(Base) && Sides.A is null) || (!string.IsNullOrEmpty(Current) && Sides.B is null) ? "The address names a process that is no id; it may have been cut." : "";

    private string Absolute(CompareWire compare)
    {
        return Urls.Absolute(Side(compare.Base), Side(compare.Current));

        CompareSide Side(CompareSideWire side) => new(side.Process.Id, side.Window.Source, side.Window.FromNumber, side.Window.ToNumber) { As = As };
    }

    private ShareRequestWire Asked(CompareSide a, CompareSide b, CompareWire compare) => new("compare")
    {
        Source = compare.Base.Window.Source, From = compare.Base.Window.FromNumber, To = compare.Base.Window.ToNumber,
        Other = b.Process, OtherSource = compare.Current.Window.Source, OtherFrom = compare.Current.Window.FromNumber, OtherTo = compare.Current.Window.ToNumber,
        As = As, State = State, Filter = Filter, Group = Group, Metric = DiffNumbers.MainOf(compare.Diff, Metric),
    };

    private async Task FilterTyped(ChangeEventArgs e)
    {
        var typed = ++_typed;
        await Task.Delay(TypingPause);
        if (typed == _typed) Navigation.NavigateTo(Urls.Compare(Sides.A, Sides.B, Shown with { Filter = e.Value as string }), replace: true);
    }
}
