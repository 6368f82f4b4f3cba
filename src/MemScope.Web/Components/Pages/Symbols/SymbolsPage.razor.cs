using MemScope.Storage.Captures;
using MemScope.Storage.Live;
using MemScope.Storage.Symbols;
using MemScope.Storage.Tokens;
using MemScope.Symbols;
using MemScope.Web.Answers;
using MemScope.Web.Components.Layout;
using MemScope.Web.Security;
using MemScope.Web.Symbolication;
using MemScope.Web.Wire;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace MemScope.Web.Components.Pages.Symbols;

/// <summary>Which symbol files are there; uploads go from the browser to the API.</summary>
public sealed partial class SymbolsPage
{
    private const int MostFiles = 1000;

    private readonly List<(string Name, string Text, bool Refused)> _said = [];
    private readonly SortedDictionary<string, (long Sent, long Bytes)> _sending = new(StringComparer.Ordinal);
    private IReadOnlyList<SymbolFileRow>? _files;
    private IReadOnlyList<ModuleNeedWire> _needs = [];
    private IDisposable? _news;
    private Guid? _asked;
    private LoadProblem? _problem;
    private ElementReference _drop;
    private IJSObjectReference? _module;
    private DotNetObjectReference<SymbolsPage>? _self;

    [Inject] private SymbolFileStore Store { get; set; } = default!;
    [Inject] private SymbolNeeds Needs { get; set; } = default!;
    [Inject] private SymbolIntake Intake { get; set; } = default!;
    [Inject] private ChangeFeed Changes { get; set; } = default!;
    [Inject] private Permissions Permissions { get; set; } = default!;
    [Inject] private IJSRuntime Script { get; set; } = default!;
    [Inject] private NavigationManager Navigation { get; set; } = default!;
    [Inject] private ILogger<SymbolsPage> Log { get; set; } = default!;

    /// <inheritdoc/>
    protected override Task OnInitializedAsync()
    {
        _news = Changes.SubscribeSymbols(() => _ = InvokeAsync(async () =>
        {
            await LoadAsync();
            StateHasChanged();
        }));
        return LoadAsync();
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender) return;
        _self = DotNetObjectReference.Create(this);
        _module = await Script.InvokeAsync<IJSObjectReference>("import", "./js/upload.js");
        await _module.InvokeVoidAsync("attachSymbols", _drop, _self);
    }

    [SupplyParameterFromQuery(Name = "q")] private string? Search { get; set; }

    /// <summary>The files that the address asks for: by a part of their name or build id.</summary>
    private IReadOnlyList<SymbolFileRow> Shown => string.IsNullOrWhiteSpace(Search) ? _files ?? []
        : [.. (_files ?? []).Where(f => f.BuildId.Contains(Search.Trim(), StringComparison.OrdinalIgnoreCase) || f.FileName.Contains(Search.Trim(), StringComparison.OrdinalIgnoreCase))];

    /// <summary>So many bytes of a file were sent.</summary>
    [JSInvokable] public void OnSent(string name, long sent, long bytes)
    {
        _sending[name] = (sent, bytes);
        StateHasChanged();
    }

    /// <summary>A file was stored or refused.</summary>
    [JSInvokable] public async Task OnSymbols(string name, bool stored, string text)
    {
        _sending.Remove(name);
        _said.Insert(0, (name, text, !stored));
        if (stored) await LoadAsync();
        StateHasChanged();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _news?.Dispose();
        _self?.Dispose();
        if (_module is null) return;
        try
        {
            await _module.InvokeVoidAsync("detach", _drop);
            await _module.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The browser is gone.
        }
    }

    private async Task DeleteAsync(SymbolFileRow file)
    {
        _asked = null;
        try
        {
            await Permissions.DemandAsync(TokenScopes.Admin, CancellationToken.None);
            if (BuildId.TryParse(file.BuildId, out var id)) await Intake.DeleteAsync(id, file.Id, CancellationToken.None);
            await LoadAsync();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _problem = LoadProblem.Of(e, Log);
        }
    }

    private async Task LoadAsync()
    {
        try
        {
            _needs = await Needs.ListAsync(CancellationToken.None);
            _files = (await Store.ListAsync(Projects.Default, cursor: null, MostFiles, CancellationToken.None)).Items;
            _problem = null;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _problem = LoadProblem.Of(e, Log);
        }
    }
}
