using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace MemScope.Web.Components.Charts;

/// <summary>
/// A chart over time that selects snapshots. The browser fetches the series from the API; over the circuit go only these options.
/// Blazor never looks inside the element that plotly fills.
/// </summary>
public sealed partial class SeriesChart
{
    private ElementReference _element;
    private IJSObjectReference? _module;
    private DotNetObjectReference<SeriesChart>? _self;
    private ChartOptions? _shown;

    [Inject] private IJSRuntime Script { get; set; } = default!;

    /// <summary>What to draw.</summary>
    [Parameter, EditorRequired] public required ChartOptions Options { get; set; }

    /// <summary>What it shows, for screen readers.</summary>
    [Parameter, EditorRequired] public required string Label { get; set; }

    /// <summary>CSS class.</summary>
    [Parameter] public string? Class { get; set; }

    /// <summary>A snapshot was clicked: its number.</summary>
    [Parameter] public EventCallback<int> Viewed { get; set; }

    /// <summary>Two snapshots were chosen by dragging: their numbers, earlier first.</summary>
    [Parameter] public EventCallback<(int From, int To)> Compared { get; set; }

    /// <summary>The whole series was asked for.</summary>
    [Parameter] public EventCallback WholeAsked { get; set; }

    /// <summary>What stands under its axis: the strip of what happened.</summary>
    [Parameter] public RenderFragment? Below { get; set; }

    /// <summary>Series were taken out of the chart or put back: the keys of those that are out.</summary>
    [Parameter] public EventCallback<IReadOnlyList<string>> Hid { get; set; }

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
        var module = await Script.InvokeAsync<IJSObjectReference>("import", "./js/chart.js");
        _shown = Options;
        await module.InvokeVoidAsync("create", _element, _shown, _self);
        _module = module;
        if (!Options.Equals(_shown)) await OnParametersSetAsync(); // they changed while the module loaded
    }

    /// <summary>Called by the chart.</summary>
    [JSInvokable] public Task OnView(int number) => InvokeAsync(() => Viewed.InvokeAsync(number));

    /// <summary>Called by the chart.</summary>
    [JSInvokable] public Task OnCompare(int from, int to) => InvokeAsync(() => Compared.InvokeAsync((from, to)));

    /// <summary>Called by the chart.</summary>
    [JSInvokable] public Task OnWhole() => InvokeAsync(() => WholeAsked.InvokeAsync());

    /// <summary>Called by the chart.</summary>
    [JSInvokable] public Task OnHide(string[] keys) => InvokeAsync(() => Hid.InvokeAsync(keys));

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
            // The browser is gone, and the chart with it.
        }
    }
}
