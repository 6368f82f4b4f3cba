namespace MemScope.Web.Api;

/// <summary>Form of an answer.</summary>
internal enum Representation
{
    /// <summary>JSON.</summary>
    Json,
    /// <summary>Comma-separated values for spreadsheets.</summary>
    Csv,
    /// <summary>Little-endian doubles, column after column.</summary>
    Binary,
    /// <summary>Folded stacks: one line per callchain, as flame graph tools read it.</summary>
    Folded,
    /// <summary>speedscope's JSON.</summary>
    Speedscope,
    /// <summary>profile.proto, gzip.</summary>
    Pprof,
    /// <summary>Text as /proc/PID/smaps has it.</summary>
    Smaps,
    /// <summary>Markdown for a ticket.</summary>
    Markdown,
}

/// <summary>Which form a client wants: <c>?format=</c> first, else the Accept header.</summary>
internal static class Representations
{
    /// <summary>The form asked for among those that there are; the first is the default.</summary>
    /// <exception cref="ProblemException">400 for a format that there is not.</exception>
    public static Representation Wanted(this HttpRequest request, params ReadOnlySpan<Representation> offered)
    {
        if (request.Text("format") is { } name)
        {
            foreach (var offer in offered) if (Name(offer).Equals(name, StringComparison.Ordinal)) return offer;
            throw Problems.BadParameter("format", $"known are {string.Join(", ", offered.ToArray().Select(Name))}.");
        }
        foreach (var accept in request.GetTypedHeaders().Accept.OrderByDescending(a => a.Quality ?? 1))
        {
            foreach (var offer in offered) if (accept.MediaType.Equals(MediaType(offer), StringComparison.OrdinalIgnoreCase)) return offer;
        }
        return offered[0];
    }

    private static string Name(Representation representation) => representation.ToString().ToLowerInvariant();

    private static string MediaType(Representation representation) => representation switch
    {
        Representation.Csv => "text/csv",
        Representation.Markdown => "text/markdown",
        Representation.Binary => "application/octet-stream",
        Representation.Pprof => "application/vnd.google.protobuf+gzip",
        Representation.Folded or Representation.Smaps => "text/plain",
        _ => "application/json",
    };
}
