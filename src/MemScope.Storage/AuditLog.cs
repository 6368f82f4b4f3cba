using MemScope.Storage.Tables;
using Microsoft.EntityFrameworkCore;

namespace MemScope.Storage;

/// <summary>An entry of the audit log.</summary>
/// <param name="At">When.</param>
/// <param name="Project">Unit of access.</param>
/// <param name="Actor">Token name, or the address of an anonymous caller.</param>
/// <param name="Action">What: <c>share.create</c>, <c>token.revoke</c> …</param>
/// <param name="Subject">Id of what it was done to. Never a secret.</param>
public sealed record AuditRow(DateTimeOffset At, string Project, string Actor, string Action, string Subject)
{
    /// <summary>What else is worth telling, in words. Never a secret.</summary>
    public string Detail { get; init; } = "";
}

/// <summary>Who did what; only ever added to. What is done to shares and tokens writes its entry in the transaction that does it.</summary>
public sealed class AuditLog(IDbContextFactory<MemScopeDbContext> contexts, TimeProvider time)
{
    /// <summary>Adds an entry.</summary>
    public async Task WriteAsync(string project, string actor, string action, string subject, string detail, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        context.Add(Entry(time.GetUtcNow(), project, actor, action, subject, detail));
        await context.SaveChangesAsync(cancel);
    }

    /// <summary>The newest entries.</summary>
    public async Task<IReadOnlyList<AuditRow>> ListAsync(int limit, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        return await context.Set<AuditTable>().OrderByDescending(a => a.AuditId).Take(Math.Clamp(limit, 1, 1000))
            .Select(a => new AuditRow(a.At, a.Project, a.Actor, a.Action, a.Subject) { Detail = a.Detail }).ToListAsync(cancel);
    }

    /// <summary>An entry to be stored with what it tells of.</summary>
    internal static AuditTable Entry(DateTimeOffset at, string project, string actor, string action, string subject, string detail) => new()
    {
        AuditId = Guid.CreateVersion7(at), At = at, Project = project, Actor = CleanText.Of(actor, 255), Action = CleanText.Of(action, 64), Subject = CleanText.Of(subject, 255), Detail = CleanText.Of(detail, 500),
    };
}
