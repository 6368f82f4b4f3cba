using MemScope.Storage.Live;
using MemScope.Web.Answers;
using MemScope.Web.Wire;
using Microsoft.AspNetCore.Components;

namespace MemScope.Web.Components.Layout;

/// <summary>
/// A page of a process: loads once per view (address and version), cancels an overtaken load, keeps what it shows while the next one loads, and disposes with the page.
/// </summary>
public abstract class ProcessPage : ComponentBase, IDisposable
{
    // Names of many frames come in several steps: a page is not asked more often than that.
    private static readonly TimeSpan NamesPause = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _gone = new();
    private IDisposable? _symbols;
    private int _namesPending;
    private CancellationTokenSource? _loading;
    private object? _loaded;

    /// <summary>What the frame hands down.</summary>
    [CascadingParameter] protected ProcessView View { get; set; } = default!;

    /// <summary>From the route.</summary>
    [Parameter] public Guid Id { get; set; }

    [Inject] private ILogger<ProcessPage> Log { get; set; } = default!;
    [Inject] private RegionAnswers Regions { get; set; } = default!;
    [Inject] private ChangeFeed Changes { get; set; } = default!;
    [Inject] private NavigationManager Addresses { get; set; } = default!;

    /// <summary>Address of this server as the browser sees it, without a slash at the end: for commands to copy.</summary>
    protected string Server => Addresses.BaseUri.TrimEnd('/');

    /// <summary>A load that failed, or null.</summary>
    protected LoadProblem? LoadFailure { get; private set; }

    /// <summary>Whether a first load is still under way.</summary>
    protected bool IsLoading { get; private set; } = true;

    /// <summary>Every value whose change asks for another load, beside the process and its window.</summary>
    protected virtual object? LoadKey => null;

    /// <summary>Whether the page shows names of functions: it loads again when a symbol file comes or names are known that it had to do without.</summary>
    protected virtual bool NamesFrames => false;

    private object Key => (View.Process.Id, View.Window, View.Version, LoadKey);

    /// <summary>Fetches what the page shows.</summary>
    protected abstract Task LoadAsync(CancellationToken cancel);

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        if (NamesFrames) _symbols = Changes.SubscribeSymbols(OnSymbols);
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (Key.Equals(_loaded)) return;
        await ReloadAsync();
    }

    /// <summary>The window of the address, for pages whose answer does not carry one; null when there is none.</summary>
    protected Task<WindowWire?> WindowAsync(CancellationToken cancel) => Regions.WindowAsync(View.Process.Id, View.Window, cancel);

    /// <summary>A share of this page: its view and window.</summary>
    protected ShareRequestWire Asked(string view) => new(view) { Source = View.Window.Source, From = View.Window.From, To = View.Window.To, FromTime = View.Window.FromTime, ToTime = View.Window.ToTime, As = View.Window.As };

    /// <summary>Loads again.</summary>
    protected async Task ReloadAsync()
    {
        _loading?.Cancel();
        _loaded = Key;
        using var loading = _loading = new CancellationTokenSource();
        try
        {
            await LoadAsync(loading.Token);
            LoadFailure = null;
            IsLoading = false;
        }
        catch (Exception) when (loading.IsCancellationRequested)
        {
            return; // overtaken or gone
        }
        catch (Exception e)
        {
            LoadFailure = LoadProblem.Of(e, Log);
            IsLoading = false;
        }
        finally
        {
            if (_loading == loading) _loading = null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends a load that is under way.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing) return;
        _symbols?.Dispose();
        _gone.Cancel();
        _loading?.Cancel();
    }

    private void OnSymbols()
    {
        if (Interlocked.Exchange(ref _namesPending, 1) == 1) return;
        _ = InvokeAsync(async () =>
        {
            try
            {
                await Task.Delay(NamesPause, _gone.Token);
                Volatile.Write(ref _namesPending, 0);
                await ReloadAsync();
                StateHasChanged();
            }
            catch (OperationCanceledException)
            {
                // The page is gone.
            }
        });
    }
}
