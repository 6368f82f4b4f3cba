using System.Text.Json;
using MemScope.Core;
using MemScope.Storage.Captures;
using MemScope.Storage.Shares;
using MemScope.Web.Security;
using MemScope.Web.Sharing;
using MemScope.Web.Wire;

namespace MemScope.Web.Api;

/// <summary>Making, listing and ending frozen links.</summary>
internal static class ShareEndpoints
{
    /// <summary>Maps the endpoints.</summary>
    public static void MapShares(this IEndpointRouteBuilder api)
    {
        api.MapPost("/processes/{process:guid}/shares", CreateAsync).WithName("share").WithSummary("Freeze a view behind a link; the link is told only now").Produces<ShareCreatedWire>(201).ProducesProblem(404);
        api.MapGet("/shares", ListAsync).WithName("shares").Takes("process", "cursor", "limit").WithSummary("Shares, newest first").Produces<Page<ShareWire>>();
        api.MapDelete("/shares/{share:guid}", RevokeAsync).WithName("revoke").WithSummary("End a link at once").Produces(204).ProducesProblem(404);
    }

    private static async Task<IResult> CreateAsync(Guid process, ShareRequestWire body, HttpRequest request, ShareMaker maker, CancellationToken cancel) =>
        await maker.CreateAsync(process, body, SignInGate.ActorOf(request.HttpContext), request.Server(), cancel) is { } share
            ? Results.Created($"/api/v1/shares/{share.Id}", share)
            : Problems.NotFound("There is no such process, window or region.");

    private static async Task<IResult> ListAsync(HttpRequest request, ShareStore store, TimeProvider time, Limits limits, CancellationToken cancel)
    {
        var page = await store.ListAsync(Projects.Default, request.Id("process"), request.Text("cursor"), request.Limit(limits), cancel);
        return Results.Json(new Page<ShareWire>([.. page.Items.Select(s => ShareMaker.Wire(s, time.GetUtcNow()))], page.Next));
    }

    private static async Task<IResult> RevokeAsync(Guid share, HttpContext context, ShareStore store, CancellationToken cancel) =>
        await store.RevokeAsync(Projects.Default, share, SignInGate.ActorOf(context), cancel) ? Results.NoContent() : Problems.NotFound("There is no such share.");
}
