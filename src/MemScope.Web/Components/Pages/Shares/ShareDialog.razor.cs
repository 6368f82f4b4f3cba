using MemScope.Storage.Tokens;
using MemScope.Web.Components.Layout;
using MemScope.Web.Security;
using MemScope.Web.Sharing;
using MemScope.Web.Wire;
using Microsoft.AspNetCore.Components;

namespace MemScope.Web.Components.Pages.Shares;

/// <summary>Freezes the view and tells its link, once.</summary>
public sealed partial class ShareDialog
{
    private readonly Form _form = new();
    private ShareCreatedWire? _share;
    private string _problem = "";
    private bool _busy;

    [Inject] private ShareMaker Maker { get; set; } = default!;
    [Inject] private Permissions Permissions { get; set; } = default!;
    [Inject] private NavigationManager Navigation { get; set; } = default!;
    [Inject] private ILogger<ShareDialog> Log { get; set; } = default!;

    /// <summary>The process.</summary>
    [Parameter, EditorRequired] public Guid Process { get; set; }

    /// <summary>The view, in the words of its address.</summary>
    [Parameter, EditorRequired] public required ShareRequestWire Request { get; set; }

    /// <summary>A title to begin with.</summary>
    [Parameter] public string Title { get; set; } = "";

    /// <inheritdoc/>
    protected override void OnInitialized() => _form.Title = Title;

    private async Task MakeAsync()
    {
        _busy = true;
        try
        {
            await Permissions.DemandAsync(TokenScopes.Admin, CancellationToken.None);
            _share = await Maker.CreateAsync(Process, Request with { Title = _form.Title, ExpiresInDays = _form.Days, FollowSymbols = _form.FollowSymbols && _form.LeaveOut.Count == 0, Redact = [.. Redactions.All.Where(_form.LeaveOut.Contains)], OpenGraph = _form.OpenGraph }, await Permissions.ActorAsync(CancellationToken.None), Navigation.BaseUri.TrimEnd('/'), CancellationToken.None);
            _problem = _share is null ? "The view does not exist any more." : "";
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _problem = LoadProblem.Of(e, Log).Words;
        }
        finally
        {
            _busy = false;
        }
    }

    private void Choose(string what, bool isLeftOut)
    {
        if (isLeftOut) _form.LeaveOut.Add(what);
        else _form.LeaveOut.Remove(what);
    }

    private sealed class Form
    {
        public string Title { get; set; } = "";

        public int Days { get; set; } = 90;

        public bool FollowSymbols { get; set; }

        public bool OpenGraph { get; set; }

        public HashSet<string> LeaveOut { get; } = new(StringComparer.Ordinal);
    }
}
