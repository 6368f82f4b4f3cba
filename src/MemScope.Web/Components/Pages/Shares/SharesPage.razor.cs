using MemScope.Storage.Captures;
using MemScope.Storage.Shares;
using MemScope.Storage.Tokens;
using MemScope.Web.Components.Layout;
using MemScope.Web.Security;
using MemScope.Web.Sharing;
using MemScope.Web.Wire;
using Microsoft.AspNetCore.Components;

namespace MemScope.Web.Components.Pages.Shares;

/// <summary>Which links are open, and how to end one.</summary>
public sealed partial class SharesPage
{
    private const int PageRows = 200;

    private List<ShareWire>? _shares;
    private string? _next;
    private Guid? _asked;
    private LoadProblem? _problem;

    [Inject] private ShareStore Store { get; set; } = default!;
    [Inject] private Permissions Permissions { get; set; } = default!;
    [Inject] private TimeProvider Clock { get; set; } = default!;
    [Inject] private ILogger<SharesPage> Log { get; set; } = default!;

    /// <inheritdoc/>
    protected override Task OnInitializedAsync() => LoadAsync();

    private Task LoadAsync() => TryAsync(async () =>
    {
        var page = await Store.ListAsync(Projects.Default, process: null, cursor: null, PageRows, CancellationToken.None);
        (_shares, _next) = ([.. page.Items.Select(Wire)], page.Next);
    });

    private Task MoreAsync() => TryAsync(async () =>
    {
        var page = await Store.ListAsync(Projects.Default, process: null, _next, PageRows, CancellationToken.None);
        (_shares, _next) = ([.. _shares ?? [], .. page.Items.Select(Wire)], page.Next);
    });

    private Task RevokeAsync(Guid share) => TryAsync(async () =>
    {
        await Permissions.DemandAsync(TokenScopes.Admin, CancellationToken.None);
        await Store.RevokeAsync(Projects.Default, share, await Permissions.ActorAsync(CancellationToken.None), CancellationToken.None);
        _asked = null;
        await LoadAsync();
    });

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

    private ShareWire Wire(ShareRow row) => ShareMaker.Wire(row, Clock.GetUtcNow());

    private bool IsOver(ShareWire share) => share.RevokedAt is not null || share.ExpiresAt < Clock.GetUtcNow();

    private string State(ShareWire share) => share switch
    {
        { RevokedAt: { } revoked } => $"revoked {Format.Date(revoked)}",
        { ExpiresAt: { } end } when end < Clock.GetUtcNow() => $"ended {Format.Date(end)}",
        { ExpiresAt: { } end } => Format.Date(end),
        _ => "never",
    };
}
