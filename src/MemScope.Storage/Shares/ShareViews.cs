using MemScope.Storage.Tables;
using Microsoft.EntityFrameworkCore;

namespace MemScope.Storage.Shares;

/// <summary>
/// Counts the views of shares and keeps who had them. A view is stored before its page is sent; those that arrive while a write is under way are stored together by the next one, so that hundreds of
/// readers of one link do not wait in line for one row.
/// </summary>
public sealed class ShareViews(IDbContextFactory<MemScopeDbContext> contexts, TimeProvider time)
{
    private const int MostRemembered = 10_000;
    private static readonly TimeSpan Once = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly HashSet<(Guid Share, string Reader)> _audited = [];
    private DateTimeOffset _auditedSince;
    private List<View> _waiting = [];
    private Task? _next;
    private Task _last = Task.CompletedTask;

    /// <summary>Counts a view; done when it is stored. The audit log names a reader of a share once in ten minutes, however often the page is loaded.</summary>
    /// <param name="project">Unit of access of the share.</param>
    /// <param name="share">The share.</param>
    /// <param name="reader">Where the request came from.</param>
    /// <param name="cancel">Ends the wait, not the write.</param>
    public Task AddAsync(string project, Guid share, string reader, CancellationToken cancel)
    {
        lock (_gate)
        {
            _waiting.Add(new View(project, share, reader, IsAudited(share, reader)));
            return (_next ??= _last = WriteAsync(_last)).WaitAsync(cancel);
        }
    }

    private bool IsAudited(Guid share, string reader)
    {
        var now = time.GetUtcNow();
        if (now - _auditedSince > Once || _audited.Count >= MostRemembered)
        {
            _audited.Clear();
            _auditedSince = now;
        }
        return _audited.Add((share, reader));
    }

    private async Task WriteAsync(Task before)
    {
        await Task.Yield(); // the caller holds the lock
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        List<View> views;
        lock (_gate) (views, _waiting, _next) = (_waiting, [], null);
        await using var context = await contexts.CreateDbContextAsync(CancellationToken.None);
        await using var transaction = await context.Database.BeginTransactionAsync(CancellationToken.None);
        // In the order of ids: two nodes that write at the same time do not wait for each other in a circle.
        foreach (var ofShare in views.GroupBy(v => v.Share).OrderBy(g => g.Key))
        {
            var count = ofShare.Count();
            await context.Set<ShareTable>().Where(s => s.ShareId == ofShare.Key).ExecuteUpdateAsync(u => u.SetProperty(s => s.Views, s => s.Views + count), CancellationToken.None);
        }
        context.AddRange(views.Where(v => v.IsAudited).Select(v => AuditLog.Entry(time.GetUtcNow(), v.Project, v.Reader, "share.view", v.Share.ToString(), "")));
        await context.SaveChangesAsync(CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
    }

    private sealed record View(string Project, Guid Share, string Reader, bool IsAudited);
}
