using Microsoft.Net.Http.Headers;

namespace MemScope.Web.Ingest;

/// <summary>The name of an uploaded file. It is shown and sniffed at, never used as a path.</summary>
internal static class UploadedName
{
    private const int Longest = 255;

    /// <summary>From a Content-Disposition header, without folders and control characters; empty when there is none.</summary>
    public static string Of(string? contentDisposition) =>
        ContentDispositionHeaderValue.TryParse(contentDisposition, out var header) ? Clean(header.FileNameStar.HasValue ? header.FileNameStar.Value : HeaderUtilities.RemoveQuotes(header.FileName).Value) : "";

    /// <summary>A name without folders and control characters, cut to its last 255 characters; empty for null.</summary>
    public static string Clean(string? name)
    {
        if (name is null) return "";
        name = string.Concat(name[(name.LastIndexOfAny(['/', '\\']) + 1)..].Where(c => !char.IsControl(c))).Trim();
        return name.Length <= Longest ? name : name[^Longest..];
    }
}
