using MemScope.Core;
using MemScope.Core.Analysis.Categories;
using MemScope.Storage.Queries;
using MemScope.Web.Answers;
using MemScope.Web.Wire;

namespace MemScope.Web.Api;

/// <summary>Processes, their snapshots and captures.</summary>
internal static class ProcessEndpoints
{
    private const int MostVmasAsJson = 200_000;

    private static readonly string[] SnapshotColumns =
        ["number", "takenAt", "source", "captureId", "vmaCount", "rssBytes", "pssBytes", "swapBytes", "virtualBytes", "statusRssBytes", "rollupRssBytes"];

    private static readonly string[] VmaColumns =
        ["start", "end", "perms", "offset", "device", "inode", "name", "category", "regionId", "rssBytes", "pssBytes", "privateDirtyBytes", "swapBytes", "anonymousBytes", "vmFlags"];

    /// <summary>Maps them.</summary>
    public static void MapProcesses(this IEndpointRouteBuilder api)
    {
        api.MapGet("/processes", ListAsync).WithName("processes").Takes("q", "host", "comm", Parameters.AnyLabel, "verdict", "cursor", "limit")
            .WithSummary("Processes, newest first. All filters must match. A verdict is judged after the page is read: a page may hold less than its limit, or nothing, and still have a next").Produces<Page<ProcessWire>>();
        api.MapGet("/processes/{process:guid}", FindAsync).WithName("process").Takes().WithSummary("One process").Produces<ProcessWire>().ProducesProblem(404);
        api.MapGet("/processes/{process:guid}/snapshots", SnapshotsAsync).WithName("snapshots").Takes("source", "as", "cursor", "limit", "format", "raw")
            .WithSummary("Snapshots of a track in time order, JSON or CSV. A CSV holds all").Produces<Page<SnapshotWire>>().ProducesProblem(404);
        api.MapGet("/processes/{process:guid}/snapshots/{number:int}", SnapshotAsync).WithName("snapshot").Takes("as", "format", "raw").WithSummary("One snapshot with its mappings, JSON, CSV or as smaps prints them").Produces<SnapshotWire>().ProducesProblem(404);
        api.MapGet("/processes/{process:guid}/captures", CapturesAsync).WithName("captures").Takes().WithSummary("Uploaded files with their parse reports").Produces<Page<CaptureWire>>().ProducesProblem(404);
        api.MapGet("/processes/{process:guid}/heap-profiles", HeapProfilesAsync).WithName("heap-profiles").Takes().WithSummary("Heap profiles, newest first").Produces<Page<HeapProfileWire>>().ProducesProblem(404);
        api.MapGet("/processes/{process:guid}/figures", FiguresAsync).WithName("figures").Takes("kind", "label", "cursor", "limit")
            .WithSummary("Figures of status, rollup, cgroups, allocators, GPUs and so on, newest first. Both filters must match").Produces<Page<FiguresWire>>().ProducesProblem(404);
        api.MapGet("/processes/{process:guid}/overview", OverviewAsync).WithName("overview").Takes("source", "from", "to", "as").WithSummary("Growth by category and the top growers over a window").Produces<OverviewWire>().ProducesProblem(404);
    }

    /// <summary>404 for a process that does not exist.</summary>
    public static IResult NoProcess => Problems.NotFound("There is no process of that id.");

    /// <summary>404 for a process, track, snapshot or span of time that does not exist.</summary>
    public static IResult NoWindow => Problems.NotFound("There is no such process, or it has no snapshot in that track and window.");

    private static IResult NoSnapshot => Problems.NotFound("There is no such process or snapshot.");

    private static async Task<IResult> ListAsync(HttpRequest request, ProcessAnswers answers, Limits limits, CancellationToken cancel)
    {
        var verdict = request.Text("verdict") is null ? null : request.Word("verdict", "", AssessmentWire.Kinds);
        var filter = new ProcessFilter { Search = request.Text("q"), Host = request.Text("host"), Comm = request.Text("comm"), Labels = request.Labels() };
        return Results.Json(await answers.ListAsync(filter, verdict, request.Text("cursor"), request.Limit(limits, 50), cancel));
    }

    /// <summary>Whoever asks for one process is told what the judge says of all that was uploaded, also in the moments before it is stored.</summary>
    private static async Task<IResult> FindAsync(Guid process, ProcessAnswers answers, RecentFindings findings, CancellationToken cancel)
    {
        if (await answers.FindAsync(process, cancel) is not { } found) return NoProcess;
        if (found.Assessment.IsJudged || await findings.AskAsync(process, new WindowState(), cancel) is not { } judged) return Results.Json(found);
        return Results.Json(found with { Assessment = judged.Assessment });
    }

    private static async Task<IResult> SnapshotsAsync(Guid process, HttpRequest request, ProcessAnswers answers, Limits limits, CancellationToken cancel)
    {
        var source = request.Text("source") is "all" ? "all" : request.Source();
        var overrides = CategoryOverrides.Parse(request.As());
        if (request.Wanted(Representation.Json, Representation.Csv) is Representation.Csv)
            return await answers.SnapshotsAsync(process, source, overrides, cancel) is { } snapshots ? new CsvAnswer($"{process}-snapshots", SnapshotColumns, snapshots.Select(Row)) : NoWindow;
        // The cursor is the number of the last snapshot of the page before; numbers never change.
        return await answers.SnapshotPageAsync(process, source, request.Snapshot("cursor"), request.Limit(limits, limits.PageRows), overrides, cancel) is { } page ? Results.Json(page) : NoWindow;
    }

    private static async Task<IResult> SnapshotAsync(Guid process, int number, HttpRequest request, ProcessAnswers answers, SnapshotTexts texts, CancellationToken cancel)
    {
        var form = request.Wanted(Representation.Json, Representation.Csv, Representation.Smaps);
        if (form is Representation.Smaps) return await texts.AsSmapsAsync(process, number, cancel) is { } text ? new SmapsAnswer($"{process}-snapshot-{number}", text) : NoSnapshot;
        if (await answers.SnapshotAsync(process, number, CategoryOverrides.Parse(request.As()), cancel) is not { } snapshot) return NoSnapshot;
        if (form is Representation.Csv) return new CsvAnswer($"{process}-snapshot-{number}", VmaColumns, snapshot.Vmas!.Select(Row));
        return snapshot.VmaCount <= MostVmasAsJson
            ? Results.Json(snapshot)
            : Problems.Result(StatusCodes.Status422UnprocessableEntity, "too-many-mappings", "The snapshot has too many mappings for JSON; ask with format=csv.", MostVmasAsJson, snapshot.VmaCount);
    }

    private static async Task<IResult> CapturesAsync(Guid process, ProcessAnswers answers, ProcessTracks tracks, CancellationToken cancel) =>
        await tracks.FindAsync(process, cancel) is null ? NoProcess : Results.Json(new Page<CaptureWire>(await answers.CapturesAsync(process, cancel), null));

    private static async Task<IResult> HeapProfilesAsync(Guid process, HeapProfileAnswers profiles, ProcessTracks tracks, CancellationToken cancel) =>
        await tracks.FindAsync(process, cancel) is null ? NoProcess : Results.Json(new Page<HeapProfileWire>(await profiles.ListAsync(process, cancel), null));

    private static async Task<IResult> FiguresAsync(Guid process, HttpRequest request, FiguresAnswers figures, ProcessTracks tracks, Limits limits, CancellationToken cancel) =>
        await tracks.FindAsync(process, cancel) is null
            ? NoProcess
            : Results.Json(await figures.ListAsync(process, request.Text("kind"), request.Text("label"), request.Text("cursor"), request.Limit(limits), cancel));

    private static async Task<IResult> OverviewAsync(Guid process, HttpRequest request, ProcessAnswers answers, CancellationToken cancel) =>
        await answers.OverviewAsync(process, request.Window(), cancel) is { } overview ? Results.Json(overview) : NoWindow;

    private static object?[] Row(SnapshotWire s) => [s.Number, s.TakenAt, s.Source, s.CaptureId, s.VmaCount, s.RssBytes, s.PssBytes, s.SwapBytes, s.VirtualBytes, s.StatusRssBytes, s.RollupRssBytes];

    private static object?[] Row(VmaWire v) =>
        [v.Start, v.End, v.Perms, v.Offset, v.Device, v.Inode, v.Name, v.Category, v.RegionId, v.RssBytes, v.PssBytes, v.PrivateDirtyBytes, v.SwapBytes, v.AnonymousBytes, v.VmFlags];
}
