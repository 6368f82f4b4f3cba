using MemScope.Storage;
using MemScope.Storage.Queries;
using MemScope.Storage.Tokens;
using MemScope.Web.Administration;
using MemScope.Web.Components.Layout;
using MemScope.Web.Hosting;
using MemScope.Web.Security;
using MemScope.Web.Wire;
using Microsoft.AspNetCore.Components;

namespace MemScope.Web.Components.Pages.Admin;

/// <summary>Who may use this server, what does it keep, and who did what?</summary>
public sealed partial class AdminPage : IDisposable
{
    private const int MostEntries = 200;

    private readonly CancellationTokenSource _gone = new();
    private IReadOnlyList<TokenWire>? _tokens;
    private IReadOnlyList<AuditRow> _audit = [];
    private StoreSize? _size;
    private LoadProblem? _problem;

    [Inject] private TokenKeeping Tokens { get; set; } = default!;
    [Inject] private AuditLog Audit { get; set; } = default!;
    [Inject] private StoreSizeQuery Sizes { get; set; } = default!;
    [Inject] private ServerOptions Options { get; set; } = default!;
    [Inject] private Permissions Permissions { get; set; } = default!;
    [Inject] private ILogger<AdminPage> Log { get; set; } = default!;

    /// <inheritdoc/>
    protected override Task OnInitializedAsync() => LoadAsync();

    /// <inheritdoc/>
    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }

    private async Task LoadAsync()
    {
        try
        {
            await Permissions.DemandAsync(TokenScopes.Admin, _gone.Token);
            _audit = await Audit.ListAsync(MostEntries, _gone.Token);
            _size = await Sizes.AskAsync(_gone.Token);
            _tokens = await Tokens.ListAsync(_gone.Token);
            _problem = null;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _problem = LoadProblem.Of(e, Log);
        }
    }
}
