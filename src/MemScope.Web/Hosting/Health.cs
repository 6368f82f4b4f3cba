using MemScope.Storage;
using MemScope.Web.Api;

namespace MemScope.Web.Hosting;

/// <summary>Probes: <c>/healthz</c> tells that the process answers, <c>/readyz</c> that it can work.</summary>
internal static class Health
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Maps both; they need no token and tell nothing but their state.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", () => Results.Text("ok\n")).AllowAnonymous().ExcludeFromDescription();
        routes.MapGet("/readyz", ReadyAsync).AllowAnonymous().ExcludeFromDescription();
    }

    private static async Task<IResult> ReadyAsync(Database database, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        try
        {
            if (await database.IsReadyAsync(patience.Token)) return Results.Text("ready\n");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // The database hangs: not ready.
        }
        return Problems.Result(StatusCodes.Status503ServiceUnavailable, "not-ready", "The database does not answer, or its schema is not this program's.");
    }
}
