using MemScope.Storage.Live;
using MemScope.Web.Answers;
using MemScope.Web.Components.Layout;
using MemScope.Web.Wire;
using Microsoft.AspNetCore.Components;

namespace MemScope.Web.Components.Pages.Processes;

/// <summary>The fleet: which processes are there, and which of them grow?</summary>
public sealed partial class ProcessesPage
{
    private const int PageRows = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _gone = new();
    private IDisposable? _subscription, _beside;
    private readonly List<Guid> _selected = [];
    private FleetRows? _fleet;
    private FleetShown? _asked;
    private int _rows = PageRows;
    private LoadProblem? _problem;
    private int _pending;

    [Inject] private Fleet Answers { get; set; } = default!;
    [Inject] private ChangeFeed Changes { get; set; } = default!;
    [Inject] private TimeProvider Clock { get; set; } = default!;
    [Inject] private ILogger<ProcessesPage> Log { get; set; } = default!;

    [SupplyParameterFromQuery(Name = "q")] private string? Search { get; set; }
    [SupplyParameterFromQuery(Name = "host")] private string? Host { get; set; }
    [SupplyParameterFromQuery(Name = "verdict")] private string? Verdict { get; set; }
    [SupplyParameterFromQuery(Name = "sort")] private string? Sort { get; set; }

    private FleetShown Shown => new() { Search = Search, Host = Host, Verdict = Verdict, Sort = Sort };

    private string OrderWords => Shown.Order switch { "growth" => "fastest growth first", "rss" => "most RSS first", "name" => "by name", "host" => "by host", "verdict" => "by verdict", _ => "newest snapshot first" };

    private string Excluding => "Looked for " + string.Join(", ", new[]
    {
        string.IsNullOrWhiteSpace(Search) ? null : $"“{Search.Trim()}” in host, pid, name, command line and labels", string.IsNullOrEmpty(Host) ? null : $"host {Host}",
        Shown.KnownVerdict is { } verdict ? $"verdict {verdict}" : null,
    }.OfType<string>()) + ".";

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        _subscription = Changes.SubscribeAll((_, _) => OnChanged());
        _beside = Changes.SubscribeBeside(_ => OnChanged()); // a verdict was stored
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (_fleet is not null && Shown == _asked) return;
        (_asked, _rows) = (Shown, PageRows);
        await LoadAsync();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _gone.Cancel();
        _subscription?.Dispose();
        _beside?.Dispose();
        _gone.Dispose();
    }

    private async Task LoadAsync()
    {
        try
        {
            var shown = Shown;
            var fleet = await Answers.AskAsync(shown, _rows, _gone.Token);
            if (shown != Shown) return; // another address was opened meanwhile
            (_fleet, _problem) = (fleet, null);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _problem = LoadProblem.Of(e, Log);
        }
    }

    private Task MoreAsync()
    {
        _rows += PageRows;
        return LoadAsync();
    }

    /// <summary>Two at most: a third takes the place of the first.</summary>
    private void Toggle(Guid process)
    {
        if (_selected.Remove(process)) return;
        if (_selected.Count == 2) _selected.RemoveAt(0);
        _selected.Add(process);
    }

    private string CompareHref
    {
        get
        {
            var sides = _selected.OrderBy(id => _fleet?.Rows.FirstOrDefault(r => r.Id == id)?.FirstSnapshotAt).Select(id => new CompareSide(id)).ToList();
            return Urls.Compare(sides[0], sides[1]);
        }
    }

    private void OnChanged()
    {
        if (Interlocked.Exchange(ref _pending, 1) == 1) return;
        _ = InvokeAsync(async () =>
        {
            try
            {
                await Task.Delay(Pause, _gone.Token);
                Volatile.Write(ref _pending, 0);
                await LoadAsync();
                StateHasChanged();
            }
            catch (OperationCanceledException)
            {
                // The page is gone.
            }
        });
    }
}
