using MemScope.Core;
using MemScope.Storage;
using MemScope.Web.Administration;
using MemScope.Web.Security;
using MemScope.Web.Wire;

namespace MemScope.Web.Api;

/// <summary>Tokens and the audit log; each asks for the scope admin (<see cref="Hosting.RequestPaths.IsForAdmins"/>).</summary>
internal static class AdministrationEndpoints
{
    /// <summary>Maps the endpoints.</summary>
    public static void MapAdministration(this IEndpointRouteBuilder api)
    {
        api.MapGet("/tokens", ListAsync).WithName("tokens").Takes().WithSummary("Tokens without their secrets, newest first").Produces<Page<TokenWire>>();
        api.MapPost("/tokens", CreateAsync).WithName("create-token").Takes().WithSummary("Make a token: name, scopes (ingest, read, admin), expiresInDays; its secret is told only now").Produces<TokenCreatedWire>(201).ProducesProblem(400);
        api.MapDelete("/tokens/{token:guid}", RevokeAsync).WithName("revoke-token").Takes().WithSummary("End a token").Produces(204).ProducesProblem(404).ProducesProblem(409);
        api.MapGet("/audit", AuditAsync).WithName("audit").Takes("limit").WithSummary("Who did what, newest first").Produces<Page<AuditWire>>();
    }

    private static async Task<IResult> ListAsync(TokenKeeping tokens, CancellationToken cancel) => Results.Json(new Page<TokenWire>(await tokens.ListAsync(cancel), null));

    private static async Task<IResult> CreateAsync(TokenRequestWire body, HttpContext context, TokenKeeping tokens, CancellationToken cancel)
    {
        var made = await tokens.CreateAsync(body, SignInGate.ActorOf(context), cancel);
        context.Response.Headers.CacheControl = "no-store";
        return Results.Created($"/api/v1/tokens/{made.Token.Id}", made);
    }

    private static async Task<IResult> RevokeAsync(Guid token, HttpContext context, TokenKeeping tokens, CancellationToken cancel) =>
        await tokens.RevokeAsync(token, SignInGate.ActorOf(context), cancel) ? Results.NoContent() : Problems.NotFound("There is no such token.");

    private static async Task<IResult> AuditAsync(HttpRequest request, AuditLog audit, Limits limits, CancellationToken cancel) =>
        Results.Json(new Page<AuditWire>([.. (await audit.ListAsync(request.Limit(limits), cancel)).Select(e => new AuditWire(e.At, e.Actor, e.Action, e.Subject) { Detail = e.Detail })], null));
}
