using MemScope.Storage.Captures;
using MemScope.Storage.Symbols;
using MemScope.Web.Components.Layout;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace MemScope.Web.Components.Pages.Symbols;

/// <summary>Which symbol files are there; uploads go from the browser to the API.</summary>
public sealed partial class SymbolsPage
{
    private const int MostFiles = 1000;

    private readonly List<(string Name, string Text, bool Refused)> _said = [];
    private IReadOnlyList<SymbolFileRow>? _files;
    private LoadProblem? _problem;
    private ElementReference _drop;
    private IJSObjectReference? _module;
    private DotNetObjectReference<SymbolsPage>? _self;

    [Inject] private SymbolFileStore Store { get; set; } = default!;
    [Inject] private IJSRuntime Script { get; set; } = default!;
    [Inject] private NavigationManager Navigation { get; set; } = default!;
    [Inject] private ILogger<SymbolsPage> Log { get; set; } = default!;

    /// <inheritdoc/>
    protected override Task OnInitializedAsync() => LoadAsync();

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender) return;
        _self = DotNetObjectReference.Create(this);
        _module = await Script.InvokeAsync<IJSObjectReference>("import", "./js/upload.js");
        await _module.InvokeVoidAsync("attachSymbols", _drop, _self);
    }

    /// <summary>A file was stored or refused.</summary>
    [JSInvokable] public async Task OnSymbols(string name, bool stored, string text)
    {
        _said.Insert(0, (name, text, !stored));
        if (stored) await LoadAsync();
        StateHasChanged();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
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

    private async Task LoadAsync()
    {
        try
        {
            _files = (await Store.ListAsync(Projects.Default, cursor: null, MostFiles, CancellationToken.None)).Items;
            _problem = null;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _problem = LoadProblem.Of(e, Log);
        }
    }
}
