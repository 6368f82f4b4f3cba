using System.Globalization;
using MemScope.Web.Wire;

namespace MemScope.Web.Components.Pages.Ledger;

/// <summary>How the lines of a ledger look and where they lead.</summary>
internal static class LedgerLook
{
    /// <summary>Slug of the category whose colour a line has: what several categories hold is malloc's.</summary>
    public static string Colour(LedgerLineWire line) => line.Category ?? "heap";

    /// <summary>What a line rests on, for people.</summary>
    public static string Source(string slug) => slug switch
    {
        "snapshot" => "kind of mapping", "trace" => "seen being mapped", "heap-profile" => "heap profile", "allocator" => "allocator's own figures", "inferred" => "inferred", _ => slug,
    };

    /// <summary>The view that shows what a line rests on, or null in a frozen view.</summary>
    public static string? Href(LedgerLineWire line, ViewLinks? links) => links is null ? null : line.Source switch
    {
        "trace" => links.Stacks(trace: line.EvidenceId, weight: "resident"),
        "heap-profile" => links.Stacks(trace: line.EvidenceId, weight: "live"),
        "allocator" => Urls.Captures(links.Process, links.Window),
        "inferred" when line.RegionId is { } region => links.Region(region),
        _ => line.Category is { } category ? links.Regions(category) : links.RegionsOf(MallocHeap),
    };

    /// <summary>What a heap profile leaves of the growth, as a sentence.</summary>
    public static string Sentence(ResidualWire residual)
    {
        var seen = string.Create(CultureInfo.InvariantCulture, $"From {Format.Clock(residual.From)} to {Format.Clock(residual.To)} RSS changed by {Format.MiBChange(residual.RssBytes)} MiB, the live bytes of {residual.Tool} by {Format.MiBChange(residual.LiveBytes)} MiB and files and shared memory by {Format.MiBChange(residual.FileBytes)} MiB");
        return residual.Share is { } share ? $"{seen}: {Format.Percent(Math.Max(share, 0.0001), 1)} of the growth is none of these." : $"{seen}: RSS did not grow.";
    }

    /// <summary>Finds the brk heap and arenas: regions are searched by their categories too.</summary>
    private const string MallocHeap = "^(heap|arena)$";
}
