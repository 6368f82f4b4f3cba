using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace MemScope.Web.Components.Charts;

/// <summary>
/// The map of the address space over time. The browser fetches its columns from the API; over the circuit go only these options and the state that the reader leaves it in.
/// Blazor never looks inside the element that the script fills.
/// </summary>
public sealed partial class RegionMap
{
    private ElementReference _element;
    private IJSObjectReference? _module;
    private DotNetObjectReference<RegionMap>? _self;
    private MapOptions? _shown;

    [Inject] private IJSRuntime Script { get; set; } = default!;

    /// <summary>What to draw.</summary>
    [Parameter, EditorRequired] public required MapOptions Options { get; set; }

    /// <summary>The reader changed what is shown; the second part says whether Back leads to what was shown before.</summary>
    [Parameter] public EventCallback<(MapState State, bool Pushes)> Changed { get; set; }

    /// <inheritdoc/>
    protected override bool ShouldRender() => false; // the markup never changes; options travel by OnParametersSetAsync

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (_module is null || Options.Equals(_shown)) return;
        _shown = Options;
        await _module.InvokeVoidAsync("update", _element, Options);
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender) return;
        _self = DotNetObjectReference.Create(this);
        var module = await Script.InvokeAsync<IJSObjectReference>("import", "./js/map.js");
        _shown = Options;
        await module.InvokeVoidAsync("create", _element, _shown, _self);
        _module = module;
        if (!Options.Equals(_shown)) await OnParametersSetAsync(); // they changed while the module loaded
    }

    /// <summary>Called by the map.</summary>
    [JSInvokable] public Task OnState(MapState state, bool pushes) => InvokeAsync(() => Changed.InvokeAsync((state, pushes)));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _self?.Dispose();
        if (_module is null) return;
        try
        {
            await _module.InvokeVoidAsync("dispose", _element);
            await _module.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The browser is gone, and the map with it.
        }
    }
}
