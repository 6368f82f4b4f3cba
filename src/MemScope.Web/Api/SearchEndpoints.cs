using MemScope.Web.Answers.Searching;
using MemScope.Web.Wire;

namespace MemScope.Web.Api;

/// <summary>One search over everything that has a name or an address.</summary>
internal static class SearchEndpoints
{
    /// <summary>Maps it.</summary>
    public static void MapSearch(this IEndpointRouteBuilder api) =>
        api.MapGet("/search", SearchAsync).WithName("search").Takes("q", "in")
            .WithSummary("Processes by name, host, pid, command line and label, regions by an address, functions and modules of stacks by name, build ids by their beginning; what was looked through is told").Produces<SearchWire>();

    private static async Task<IResult> SearchAsync(HttpRequest request, SearchAnswers answers, CancellationToken cancel) =>
        request.Text("q") is { } text ? Results.Json(await answers.AskAsync(text, request.Id("in"), cancel)) : throw Problems.BadParameter("q", "a text to search for is needed.");
}
