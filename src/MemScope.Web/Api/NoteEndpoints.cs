using MemScope.Web.Answers;
using MemScope.Web.Notes;
using MemScope.Web.Wire;

namespace MemScope.Web.Api;

/// <summary>What people write on the time line of a process: <c>/api/v1/processes/{id}/notes</c>.</summary>
internal static class NoteEndpoints
{
    private static readonly string[] Columns = ["id", "at", "to", "author", "text", "evidenceKind", "evidenceUrl", "createdAt", "editedAt"];

    private static IResult NoNote => Problems.NotFound("There is no such process or note.");

    /// <summary>Maps the endpoints.</summary>
    public static void MapNotes(this IEndpointRouteBuilder api)
    {
        api.MapGet("/processes/{process:guid}/notes", ListAsync).WithName("notes").Takes("source", "from", "to", "format", "raw")
            .WithSummary("Notes on the time line, by the moment that they are about, all or those of a window. JSON, CSV").Produces<Page<NoteWire>>().ProducesProblem(400).ProducesProblem(404);
        api.MapPost("/processes/{process:guid}/notes", AddAsync).WithName("add-note").Takes()
            .WithSummary("Write a note: text (a subset of Markdown), at, to, author, evidence").Produces<NoteWire>(201).ProducesProblem(400).ProducesProblem(404).ProducesProblem(413);
        api.MapPut("/processes/{process:guid}/notes/{note:guid}", EditAsync).WithName("edit-note").Takes()
            .WithSummary("Change a note; what is left out stays. If-Match with its version refuses to write over another change").Produces<NoteWire>()
            .ProducesProblem(400).ProducesProblem(404).ProducesProblem(412).ProducesProblem(413);
        api.MapDelete("/processes/{process:guid}/notes/{note:guid}", DeleteAsync).WithName("delete-note").Takes().WithSummary("Delete a note").Produces(204).ProducesProblem(404);
    }

    private static async Task<IResult> ListAsync(Guid process, HttpRequest request, NoteWriting writing, RegionAnswers regions, CancellationToken cancel)
    {
        var isCsv = request.Wanted(Representation.Json, Representation.Csv) is Representation.Csv;
        var window = request.Window();
        if (await writing.ListAsync(process, cancel) is not { } notes) return ProcessEndpoints.NoProcess;
        if (window != new WindowState())
        {
            if (await regions.WindowAsync(process, window, cancel) is not { } resolved) return ProcessEndpoints.NoWindow;
            notes = NoteWriting.Within(notes, resolved);
        }
        return isCsv ? new CsvAnswer($"{process}-notes", Columns, notes.Select(Row)) : Results.Json(new Page<NoteWire>(notes, null));
    }

    private static async Task<IResult> AddAsync(Guid process, NoteRequestWire body, NoteWriting writing, CancellationToken cancel) =>
        await writing.AddAsync(process, body, cancel) is { } note ? Results.Created($"/api/v1/processes/{process}/notes/{note.Id}", note) : ProcessEndpoints.NoProcess;

    private static async Task<IResult> EditAsync(Guid process, Guid note, NoteRequestWire body, HttpRequest request, NoteWriting writing, CancellationToken cancel) =>
        await writing.EditAsync(process, note, body, Version(request), cancel) is { } changed ? Results.Json(changed) : NoNote;

    private static async Task<IResult> DeleteAsync(Guid process, Guid note, NoteWriting writing, CancellationToken cancel) =>
        await writing.DeleteAsync(process, note, cancel) ? Results.NoContent() : NoNote;

    /// <summary>The version of <c>If-Match: "…"</c>; null for any.</summary>
    private static string? Version(HttpRequest request) => request.Headers.IfMatch.ToString().Trim() is { Length: > 0 } tag and not "*" ? tag.Trim('"') : null;

    private static object?[] Row(NoteWire n) => [n.Id, n.At, n.To, n.Author, n.Text, n.Evidence?.Kind, n.Evidence?.Url, n.CreatedAt, n.EditedAt];
}
