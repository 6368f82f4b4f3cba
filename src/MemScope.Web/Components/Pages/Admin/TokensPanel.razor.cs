using MemScope.Storage.Tokens;
using MemScope.Web.Administration;
using MemScope.Web.Components.Layout;
using MemScope.Web.Security;
using MemScope.Web.Wire;
using Microsoft.AspNetCore.Components;

namespace MemScope.Web.Components.Pages.Admin;

/// <summary>The tokens of the server, and a form for one more.</summary>
public sealed partial class TokensPanel
{
    private readonly Form _form = new();
    private TokenCreatedWire? _made;
    private Guid? _asked;
    private string _problem = "";
    private bool _busy;

    [Inject] private TokenKeeping Keeping { get; set; } = default!;
    [Inject] private Permissions Permissions { get; set; } = default!;
    [Inject] private TimeProvider Clock { get; set; } = default!;
    [Inject] private ILogger<TokensPanel> Log { get; set; } = default!;

    /// <summary>The tokens, newest first.</summary>
    [Parameter, EditorRequired] public required IReadOnlyList<TokenWire> Tokens { get; set; }

    /// <summary>Whether the server asks for them.</summary>
    [Parameter] public bool AsksForSignIn { get; set; }

    /// <summary>One was made or revoked.</summary>
    [Parameter] public EventCallback Changed { get; set; }

    private Task MakeAsync() => TryAsync(async actor =>
    {
        _made = await Keeping.CreateAsync(new TokenRequestWire(_form.Name, [_form.Scope], _form.Days == 0 ? null : _form.Days), actor, CancellationToken.None);
        _form.Name = "";
    });

    private Task RevokeAsync(Guid token) => TryAsync(async actor =>
    {
        _asked = null;
        await Keeping.RevokeAsync(token, actor, CancellationToken.None);
        if (_made?.Token.Id == token) _made = null;
    });

    private async Task TryAsync(Func<string, Task> work)
    {
        _busy = true;
        try
        {
            await Permissions.DemandAsync(TokenScopes.Admin, CancellationToken.None);
            await work(await Permissions.ActorAsync(CancellationToken.None));
            _problem = "";
            await Changed.InvokeAsync();
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

    private bool IsOver(TokenWire token) => token.RevokedAt is not null || token.ExpiresAt < Clock.GetUtcNow();

    private string State(TokenWire token) => token switch
    {
        { RevokedAt: { } revoked } => $"revoked {Format.Date(revoked)}",
        { ExpiresAt: { } end } when end < Clock.GetUtcNow() => $"ended {Format.Date(end)}",
        { ExpiresAt: { } end } => Format.Date(end),
        _ => "never",
    };

    private sealed class Form
    {
        public string Name { get; set; } = "";

        public string Scope { get; set; } = "ingest";

        public int Days { get; set; } = 90;
    }
}
