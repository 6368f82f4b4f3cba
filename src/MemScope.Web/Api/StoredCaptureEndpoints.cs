using MemScope.Storage.Captures;
using MemScope.Storage.Queries;
using MemScope.Web.Answers;
using MemScope.Web.Wire;

namespace MemScope.Web.Api;

/// <summary>Captures that are stored: what they are, their bytes, and whether their text is to be kept for good.</summary>
internal static class StoredCaptureEndpoints
{
    /// <summary>Maps them.</summary>
    public static void MapStoredCaptures(this IEndpointRouteBuilder api)
    {
        api.MapGet("/captures/{capture:guid}", FindAsync).WithName("capture").Takes().WithSummary("One uploaded file with its parse report").Produces<CaptureWire>().ProducesProblem(404);
        api.MapGet("/captures/{capture:guid}/content", ContentAsync).WithName("capture-content").Takes()
            .WithSummary("The decoded bytes of an uploaded file; of snapshots whose text was dropped, the same numbers printed again").Produces<byte[]>(200, "application/octet-stream").ProducesProblem(404);
        api.MapPut("/captures/{capture:guid}/pin", (Guid capture, TextDropping text, CancellationToken cancel) => PinAsync(capture, true, text, cancel))
            .WithName("pin").Takes().WithSummary("Keep the text of a capture for as long as the capture").Produces(204).ProducesProblem(404).ProducesProblem(409);
        api.MapDelete("/captures/{capture:guid}/pin", (Guid capture, TextDropping text, CancellationToken cancel) => PinAsync(capture, false, text, cancel))
            .WithName("unpin").Takes().WithSummary("Let the text of a capture go when its time comes").Produces(204).ProducesProblem(404);
    }

    private static IResult NoCapture => Problems.NotFound("There is no capture of that id.");

    private static async Task<IResult> FindAsync(Guid capture, CaptureQuery captures, CancellationToken cancel) =>
        await captures.FindAsync(Projects.Default, capture, cancel) is { } row ? Results.Json(row.ToWire()) : NoCapture;

    private static async Task<IResult> ContentAsync(Guid capture, CaptureQuery captures, CaptureSnapshots snapshots, CancellationToken cancel)
    {
        if (await captures.FindAsync(Projects.Default, capture, cancel) is not { } row) return NoCapture;
        if (await captures.OpenAsync(Projects.Default, capture, cancel) is { } text) return Results.Stream(text, "application/octet-stream", NameOf(row));
        return row.TextDroppedAt is null ? Problems.NotFound("The bytes of this capture are missing: run ./memscope fsck.") : new ReprintedCapture(row, snapshots);
    }

    private static async Task<IResult> PinAsync(Guid capture, bool isPinned, TextDropping text, CancellationToken cancel) => await text.PinAsync(Projects.Default, capture, isPinned, cancel) switch
    {
        true => Results.NoContent(),
        false => Problems.Result(StatusCodes.Status409Conflict, "text-dropped", "The text of this capture is no longer there to be kept. Upload the file once more with another takenAt, or download its snapshots, which hold every number."),
        null => NoCapture,
    };

    /// <summary>The name as sent without what says that it was compressed, for the bytes are not.</summary>
    private static string NameOf(CaptureRow row)
    {
        var name = row.FileName.Length == 0 ? $"{row.Id}.txt" : Path.GetFileName(row.FileName);
        if (name.EndsWith(".tgz", StringComparison.OrdinalIgnoreCase)) return name[..^3] + "tar";
        return Path.GetExtension(name).ToUpperInvariant() is ".GZ" or ".ZST" ? Path.GetFileNameWithoutExtension(name) : name;
    }
}
