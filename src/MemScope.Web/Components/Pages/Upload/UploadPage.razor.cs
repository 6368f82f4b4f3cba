using MemScope.Web.Answers;
using MemScope.Web.Wire;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace MemScope.Web.Components.Pages.Upload;

/// <summary>A file on its way, as the page shows it.</summary>
/// <param name="Key">Number of the file on this page.</param>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">Its size.</param>
public sealed record FileProgress(int Key, string Name, long Bytes)
{
    /// <summary>Bytes sent; null while it waits for its turn.</summary>
    public long? Sent { get; init; }

    /// <summary>The process' page once stored.</summary>
    public Guid? Process { get; init; }

    /// <summary>The capture once stored, with its parse report.</summary>
    public CaptureWire? Capture { get; init; }

    /// <summary>Whether the same file had been stored before.</summary>
    public bool Repeat { get; init; }

    /// <summary>Why it was refused, with advice; null while it was not.</summary>
    public string? Refusal { get; init; }
}

/// <summary>Sends files from the browser to the API; only progress and ids come over the circuit.</summary>
public sealed partial class UploadPage
{
    private readonly List<FileProgress> _files = [];
    private ElementReference _drop;
    private IJSObjectReference? _module;
    private DotNetObjectReference<UploadPage>? _self;

    [Inject] private IJSRuntime Script { get; set; } = default!;
    [Inject] private ProcessAnswers Answers { get; set; } = default!;

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender) return;
        _self = DotNetObjectReference.Create(this);
        _module = await Script.InvokeAsync<IJSObjectReference>("import", "./js/upload.js");
        await _module.InvokeVoidAsync("attach", _drop, _self);
    }

    /// <summary>A file was chosen and waits.</summary>
    [JSInvokable] public void OnQueued(int key, string name, long bytes)
    {
        _files.Add(new FileProgress(key, name, bytes));
        StateHasChanged();
    }

    /// <summary>Its turn has come.</summary>
    [JSInvokable] public void OnBegin(int key) => Change(key, f => f with { Sent = 0 });

    /// <summary>Bytes sent so far.</summary>
    [JSInvokable] public void OnSent(int key, long sent) => Change(key, f => f with { Sent = sent });

    /// <summary>Stored.</summary>
    [JSInvokable] public async Task OnStored(int key, Guid process, Guid capture, bool repeat)
    {
        Change(key, f => f with { Process = process, Repeat = repeat });
        var captures = await Answers.CapturesAsync(process, CancellationToken.None);
        Change(key, f => f with { Capture = captures.FirstOrDefault(c => c.Id == capture) });
    }

    /// <summary>Refused, or the server did not answer.</summary>
    [JSInvokable] public void OnRefused(int key, string why) => Change(key, f => f with { Refusal = why });

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

    /// <summary>What has come of the files, in one sentence.</summary>
    private string Sum
    {
        get
        {
            var (stored, refused) = (_files.Count(f => f.Process is not null), _files.Count(f => f.Refusal is not null));
            var words = $"{Format.Count(stored)} of {Format.Of(_files.Count, "file")} taken";
            if (refused > 0) words += $", {Format.Count(refused)} refused";
            return _files.Count - stored - refused is > 0 and var left ? $"{words}, {Format.Count(left)} to go" : words;
        }
    }

    private void Change(int key, Func<FileProgress, FileProgress> change)
    {
        var at = _files.FindIndex(f => f.Key == key);
        if (at < 0) return;
        _files[at] = change(_files[at]);
        StateHasChanged();
    }
}
