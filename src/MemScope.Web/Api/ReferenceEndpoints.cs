using MemScope.Core;
using MemScope.Core.Formats;
using MemScope.Web.Wire;

namespace MemScope.Web.Api;

/// <summary>What the server takes: caps and formats.</summary>
internal static class ReferenceEndpoints
{
    /// <summary>A format that is read.</summary>
    /// <param name="Slug">Its stable name, as in <c>?format=</c>.</param>
    /// <param name="Title">For people.</param>
    /// <param name="Family">What such a file gives: <c>snapshots</c>, <c>traces</c>, <c>heapProfiles</c>, <c>figures</c> or <c>symbols</c>.</param>
    /// <param name="Command">The command that makes such a file.</param>
    /// <param name="Sample">Some lines of one.</param>
    public sealed record FormatWire(string Slug, string Title, string Family, string Command, string Sample)
    {
        /// <summary>A format of the registry.</summary>
        public static FormatWire Of(InputFormat format) => new(format.Slug, format.Title, System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(format.Family.ToString()), format.Command, format.Sample);
    }

    /// <summary>Maps them.</summary>
    public static void MapReference(this IEndpointRouteBuilder api)
    {
        api.MapGet("/limits", (Limits limits) => Results.Json(limits)).WithName("limits").Takes().WithSummary("Every cap of the server").Produces<Limits>();
        api.MapGet("/formats", () => Results.Json(new Page<FormatWire>([.. InputFormats.All.Select(FormatWire.Of)], null)))
            .WithName("formats").Takes().WithSummary("Formats that are read, in sniffing order").Produces<Page<FormatWire>>();
    }
}
