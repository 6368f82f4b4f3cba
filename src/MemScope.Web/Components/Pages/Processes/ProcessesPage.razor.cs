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
    private List<ProcessWire>? _rows;
    private string? _next;
    private string? _searched;
    private LoadProblem? _problem;
    private int _pending;

    [Inject] private ProcessAnswers Answers { get; set; } = default!;
    [Inject] private ChangeFeed Changes { get; set; } = default!;
    [Inject] private TimeProvider Clock { get; set; } = default!;
    [Inject] private ILogger<ProcessesPage> Log { get; set; } = default!;

    [SupplyParameterFromQuery(Name = "q")] private string? Search { get; set; }

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        _subscription = Changes.SubscribeAll((_, _) => OnChanged());
        _beside = Changes.SubscribeBeside(_ => OnChanged()); // a verdict was stored
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (_rows is not null && Search == _searched) return;
        _searched = Search;
        await LoadAsync(more: false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _gone.Cancel();
        _subscription?.Dispose();
        _beside?.Dispose();
        _gone.Dispose();
    }

    private async Task LoadAsync(bool more)
    {
        try
        {
            // A live reload keeps as many rows as were asked for.
            var limit = more ? PageRows : Math.Clamp(_rows?.Count ?? 0, PageRows, 1000);
            var page = await Answers.ListAsync(Search, more ? _next : null, limit, _gone.Token);
            _rows = more ? [.. _rows ?? [], .. page.Items] : [.. page.Items];
            _next = page.Next;
            _problem = null;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _problem = LoadProblem.Of(e, Log);
        }
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
            var sides = _selected.OrderBy(id => _rows?.Find(r => r.Id == id)?.FirstSnapshotAt).Select(id => new CompareSide(id)).ToList();
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
                await LoadAsync(more: false);
                StateHasChanged();
            }
            catch (OperationCanceledException)
            {
                // The page is gone.
            }
        });
    }
}
