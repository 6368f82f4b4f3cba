using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace MemScope.Web.Api;

/// <summary>The body of an upload, for the description: endpoints that read it as a stream do not show it in their signature.</summary>
internal sealed record BodyNote(string Text, bool TakesForm = false);

/// <summary>Fills what the framework cannot see into <c>/openapi/v1.json</c>: the title, parameters of queries, bodies of uploads.</summary>
internal static class ApiDescription
{
    private static readonly Dictionary<string, string> Meanings = new(StringComparer.Ordinal)
    {
        ["source"] = "Track: smaps, pmap -x …; without it the richest. Lists of snapshots take all.",
        ["from"] = "First snapshot of the window: its number or a time (ISO 8601 with zone).",
        ["to"] = "Last snapshot of the window: its number or a time (ISO 8601 with zone).",
        ["base"] = "Number of the snapshot to compare with. Compare: PROCESS, PROCESS:SNAPSHOT or PROCESS:FROM-SNAPSHOT.",
        ["current"] = "Number of the snapshot that is compared. Compare: as base.",
        ["other"] = "Id of the process that current is of; without it, both are of one track.",
        ["otherSource"] = "Track of the other process; without it the richest.",
        ["baseSource"] = "Track of base; without it the richest.",
        ["currentSource"] = "Track of current; without it the richest.",
        ["group"] = "flat, category or backing.",
        ["state"] = "The only state of rows: unchanged, grown, shrunk, born, gone, moved, split, merged, reprotected or replaced.",
        ["q"] = "Text to be found in any of the names shown.",
        ["host"] = "Host, whatever its case. Uploads: the machine that the process runs on.",
        ["comm"] = "Name of the process, whatever its case.",
        [Parameters.AnyLabel] = "Value of a label; NAME stands for its name.",
        ["verdict"] = "leak, retention, healthy or unclear. Judged within a page.",
        ["cursor"] = "The next of the page before.",
        ["limit"] = "Rows of a page, at most pageRows of /limits.",
        ["format"] = "Form of the answer: json, and csv, binary, folded or speedscope where there is one. Uploads: slug of /formats that overrides sniffing.",
        ["raw"] = "1: CSV without the ' before texts that a spreadsheet would run.",
        ["sort"] = "growth, rss, pss, virtual, change or address.",
        ["category"] = "Slug of the only category.",
        ["at"] = "Number of the snapshot that is mapped; without it the window's last.",
        ["is"] = "Conditions with commas between them, all of which must hold, with - before one not: resident, changed, grown, shrunk, born, gone, selected; has-swap and so on; categories.",
        ["sel"] = "Ids of regions with commas between them, at most 100: what selected holds for.",
        ["by"] = "total, category or region.",
        ["metric"] = "rss, pss, private-dirty, swap, anonymous or virtual; diffs: rss, pss, uss, private-dirty, swap, virtual or mappings.",
        ["points"] = "Most points of a series.",
        ["top"] = "Most regions of a series; the rest is one.",
        ["weight"] = "outstanding, resident, mapped or calls.",
        ["trace"] = "Id of the only trace.",
        ["region"] = "Id of the only region.",
        ["process"] = "Id of the only process.",
        ["pid"] = "Process id, where the file does not tell it.",
        ["startTicks"] = "Field 22 of /proc/PID/stat.",
        ["startTime"] = "Start of the process, ISO 8601 with zone or seconds since 1970.",
        ["bootId"] = "/proc/sys/kernel/random/boot_id.",
        ["takenAt"] = "When it was taken, ISO 8601 with zone or seconds since 1970.",
        ["traceStart"] = "When the first event of a trace was whose clock is not wall time, ISO 8601 with zone or seconds since 1970.",
        ["name"] = "File name.",
    };

    /// <summary>Adds the description.</summary>
    public static IServiceCollection AddApiDescription(this IServiceCollection services) => services.AddOpenApi("v1", o =>
    {
        o.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "MemScope";
            return Task.CompletedTask;
        });
        o.AddOperationTransformer((operation, context, _) =>
        {
            foreach (var note in context.Description.ActionDescriptor.EndpointMetadata)
            {
                if (note is QueryNames query) Describe(operation, query);
                if (note is BodyNote body) operation.RequestBody = Describe(body);
            }
            return Task.CompletedTask;
        });
    });

    private static void Describe(OpenApiOperation operation, QueryNames query)
    {
        operation.Parameters ??= [];
        foreach (var name in query.Names.Where(n => operation.Parameters.All(p => p.Name != n)))
            operation.Parameters.Add(new OpenApiParameter { Name = name, In = ParameterLocation.Query, Description = Meanings.GetValueOrDefault(name), Schema = new OpenApiSchema { Type = JsonSchemaType.String } });
    }

    private static OpenApiRequestBody Describe(BodyNote body)
    {
        var file = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" };
        var request = new OpenApiRequestBody { Description = body.Text, Required = true, Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) { ["application/octet-stream"] = new() { Schema = file } } };
        if (body.TakesForm)
            request.Content["multipart/form-data"] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.Object, AdditionalProperties = file } };
        return request;
    }
}
