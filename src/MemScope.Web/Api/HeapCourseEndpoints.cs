using MemScope.Web.Answers;
using MemScope.Web.Wire;

namespace MemScope.Web.Api;

/// <summary>Heap profiles on the snapshots' axis: <c>GET /api/v1/processes/{id}/heap-courses</c>.</summary>
internal static class HeapCourseEndpoints
{
    private const int PointsByDefault = 1000;

    private static readonly string[] Columns = ["time", "tool", "heapProfileId", "fileName", "liveBytes", "overheadBytes", "tie", "withinMs", "isComplete"];

    /// <summary>Maps the endpoint.</summary>
    public static void MapHeapCourses(this IEndpointRouteBuilder api) =>
        api.MapGet("/processes/{process:guid}/heap-courses", CoursesAsync).WithName("heap-courses").Takes("source", "from", "to", "as", "points", "format", "raw")
            .WithSummary("Live bytes of heap profiles and allocators on the time line of the snapshots, how each was placed there, and what it leaves unexplained of the growth of RSS. JSON, or a row per moment as CSV")
            .Produces<HeapCoursesWire>().ProducesProblem(400).ProducesProblem(404);

    private static async Task<IResult> CoursesAsync(Guid process, HttpRequest request, HeapCourseAnswers answers, CancellationToken cancel)
    {
        var form = request.Wanted(Representation.Json, Representation.Csv);
        var points = request.Number("points", PointsByDefault, 2, HeapCourseAnswers.MostPoints);
        if (await answers.AskAsync(process, request.Window(), points, cancel) is not { } courses) return ProcessEndpoints.NoWindow;
        return form is Representation.Csv ? new CsvAnswer($"{process}-heap-courses", Columns, courses.Items.SelectMany(Rows)) : Results.Json(courses);
    }

    private static IEnumerable<object?[]> Rows(HeapCourseWire course)
    {
        for (var i = 0; i < course.Times.Count; i++)
        {
            yield return [course.Times[i], course.Tool, course.HeapProfileId, course.FileName, course.LiveBytes[i], i < course.OverheadBytes.Count ? course.OverheadBytes[i] : null, course.Tie, course.WithinMs, course.IsComplete];
        }
    }
}
