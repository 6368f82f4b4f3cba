using System.Globalization;
using MemScope.Core.Analysis.Categories;
using MemScope.Storage.Live;
using MemScope.Web.Answers;
using MemScope.Web.Api;
using MemScope.Web.Notes;
using MemScope.Web.Wire;
using Microsoft.AspNetCore.Components;

namespace MemScope.Web.Components.Layout;

public sealed partial class ProcessLayout
{
    // Twice a second at most: a page that is still loading is not asked again.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _gone = new();
    private IDisposable? _subscription, _beside;
    private ProcessView? _view;
    private IReadOnlyList<OverrideWire> _overrides = [];
    private LoadProblem? _problem;
    private Guid _process;
    private bool _follows; // the id of an address may be any, that of nothing too
    private bool _missing;
    private bool _paused;
    private int _pending, _besidePending;

    [Inject] private RegionAnswers Regions { get; set; } = default!;
    [Inject] private ProcessAnswers Answers { get; set; } = default!;
    [Inject] private NoteWriting Notes { get; set; } = default!;
    [Inject] private ChangeFeed Changes { get; set; } = default!;
    [Inject] private NavigationManager Navigation { get; set; } = default!;
    [Inject] private ILogger<ProcessLayout> Log { get; set; } = default!;

    [CascadingParameter] private Microsoft.AspNetCore.Components.RouteData Route { get; set; } = default!;
    [SupplyParameterFromQuery(Name = "source")] private string? Source { get; set; }
    [SupplyParameterFromQuery(Name = "from")] private string? From { get; set; }
    [SupplyParameterFromQuery(Name = "to")] private string? To { get; set; }
    [SupplyParameterFromQuery(Name = "as")] private string? As { get; set; }

    // What cannot be read goes no further than the notice: the rest of the address holds.
    private CategoryOverrides Overrides => CategoryOverrides.Parse(As);

    private WindowState Window => new(Source, NumberOf(From), NumberOf(To)) { As = Overrides.Text, FromTime = TimeOf(From), ToTime = TimeOf(To) };

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (Route.RouteValues.GetValueOrDefault("Id") is not Guid id) return;
        if (id != _process || !_follows)
        {
            (_process, _follows) = (id, true);
            _view = null;
            Follow();
            await LoadAsync();
        }
        else if (_view is not null && _view.Window != Window)
        {
            _view = _view with { Window = Window };
            await TryAsync(LoadOverridesAsync);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _gone.Cancel();
        _subscription?.Dispose();
        _beside?.Dispose();
        _gone.Dispose();
    }

    private void Follow()
    {
        _subscription?.Dispose();
        _subscription = Changes.Subscribe(_process, _ => OnChanged());
        _beside ??= Changes.SubscribeBeside(OnBeside);
    }

    /// <summary>Notes or the stored verdict are others: no figure is, so the page does not load again.</summary>
    private void OnBeside(Guid process)
    {
        if (process != _process || Interlocked.Exchange(ref _besidePending, 1) == 1) return;
        _ = InvokeAsync(async () =>
        {
            try
            {
                await Task.Delay(Pause, _gone.Token);
                Volatile.Write(ref _besidePending, 0);
                await TryAsync(async () =>
                {
                    if (_view is null || await Answers.FindAsync(process, _gone.Token) is not { } found) return;
                    var notes = await Notes.OfAsync(process, _gone.Token);
                    if (_view is { } view && view.Process.Id == process) _view = view with { Process = found, Notes = notes };
                });
                StateHasChanged();
            }
            catch (OperationCanceledException)
            {
                // The page is gone.
            }
        });
    }

    private void OnChanged()
    {
        if (_paused || Interlocked.Exchange(ref _pending, 1) == 1) return;
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

    private async Task SetPausedAsync(bool paused)
    {
        _paused = paused;
        if (!paused) await LoadAsync();
    }

    private Task LoadAsync() => TryAsync(async () =>
    {
        var process = await Answers.FindAsync(_process, _gone.Token);
        _missing = process is null;
        _view = process is null ? null : new ProcessView(process, Window, (_view?.Version ?? 0) + 1) { Findings = _view?.Findings, Notes = await Notes.OfAsync(_process, _gone.Token) };
        await LoadOverridesAsync();
    });

    private void OnJudged(FindingsWire? findings) => _view = _view is null ? null : _view with { Findings = findings };

    private async Task LoadOverridesAsync() => _overrides = _view is null ? [] : await Regions.OverridesAsync(_process, _view.Window, _gone.Token);

    private async Task TryAsync(Func<Task> work)
    {
        try
        {
            await work();
            _problem = null;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _problem = LoadProblem.Of(e, Log);
        }
    }

    // As text, because a number that is none must not break the page. Snapshots count from 1, so 0 is in no track and the page says so.
    private static int? NumberOf(string? text) =>
        string.IsNullOrEmpty(text) || TimeOf(text) is not null ? null : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    // "2026-11-20T15:42:01.250Z"; digits alone are a snapshot's number.
    private static DateTimeOffset? TimeOf(string? text) => text is { Length: > 10 } && text.Contains(':', StringComparison.Ordinal) ? TimeParameter.Parse(text) : null;

    /// <summary>Moves the window's end by one snapshot of its track.</summary>
    private Task StepAsync(int by) => TryAsync(async () =>
    {
        if (await Answers.SnapshotsAsync(_process, Source, _gone.Token) is not { Count: > 0 } snapshots) return;
        var at = Window.To is { } to ? snapshots.ToList().FindIndex(s => s.Number == to) : snapshots.Count - 1;
        if (at < 0) at = snapshots.Count - 1;
        var next = Math.Clamp(at + by, 0, snapshots.Count - 1);
        var end = next == snapshots.Count - 1 && Window.From is null ? (int?)null : snapshots[next].Number;
        Navigation.NavigateTo(Urls.With(Navigation, ("to", end)));
    });
}
