using MemScope.Core;
using MemScope.Core.Formats;
using MemScope.Web.Wire;

namespace MemScope.Web.Api;

/// <summary>What the server takes: caps and formats.</summary>
internal static class ReferenceEndpoints
{
    /// <summary>A format that is read.</summary>
    public sealed record FormatWire(string Slug, string Title, string Command);

    /// <summary>Maps them.</summary>
    public static void MapReference(this IEndpointRouteBuilder api)
    {
        api.MapGet("/limits", (Limits limits) => Results.Json(limits)).WithName("limits").Takes().WithSummary("Every cap of the server").Produces<Limits>();
        api.MapGet("/formats", () => Results.Json(new Page<FormatWire>([.. InputFormats.All.Select(f => new FormatWire(f.Slug, f.Title, f.Command))], null)))
            .WithName("formats").Takes().WithSummary("Formats that are read, in sniffing order").Produces<Page<FormatWire>>();
    }
}
