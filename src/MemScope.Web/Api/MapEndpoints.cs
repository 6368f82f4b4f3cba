using MemScope.Web.Answers;
using MemScope.Web.Wire;

namespace MemScope.Web.Api;

/// <summary>The map of the address space.</summary>
internal static class MapEndpoints
{
    private const int MostMappings = 200_000;

    /// <summary>Maps it.</summary>
    public static void MapAddressSpace(this IEndpointRouteBuilder api) =>
        api.MapGet("/processes/{process:guid}/map", MapAsync).WithName("map").Takes("at", "source", "from", "to", "as")
            .WithSummary("The address space at one snapshot as columns, a row per mapping in address order, and what is another than at the window's first").Produces<MapWire>().ProducesProblem(404).ProducesProblem(422);

    private static async Task<IResult> MapAsync(Guid process, HttpRequest request, RegionAnswers answers, CancellationToken cancel)
    {
        if (await answers.MapAsync(process, request.Window(), request.Snapshot("at"), cancel) is not { } map) return ProcessEndpoints.NoWindow;
        return map.Starts.Length <= MostMappings
            ? Results.Json(map)
            : Problems.Result(StatusCodes.Status422UnprocessableEntity, "too-many-mappings", "The snapshot has too many mappings for a map; ask for the snapshot with format=csv.", MostMappings, map.Starts.Length);
    }
}
