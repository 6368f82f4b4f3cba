using MemScope.Web.Api;

namespace MemScope.Web.Ingest;

/// <summary>Content-Encoding of uploads: gzip or none. Anything else would be stored as noise, so it is refused.</summary>
internal static class BodyEncoding
{
    /// <summary>Whether the body is gzip by its header.</summary>
    /// <exception cref="ProblemException">415 for another encoding or several.</exception>
    public static bool IsGzip(HttpRequest request)
    {
        var codings = request.Headers.ContentEncoding.SelectMany(v => v?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [])
            .Where(c => !c.Equals("identity", StringComparison.OrdinalIgnoreCase)).ToList();
        if (codings.Count == 0) return false;
        if (codings is [{ } only] && (only.Equals("gzip", StringComparison.OrdinalIgnoreCase) || only.Equals("x-gzip", StringComparison.OrdinalIgnoreCase))) return true;
        request.HttpContext.Response.Headers.AcceptEncoding = "gzip, identity";
        throw new ProblemException(StatusCodes.Status415UnsupportedMediaType, "content-encoding", "Content-Encoding may be gzip, once, or identity.");
    }

    /// <summary>Checks that a body that was announced as gzip is gzip, and stands at its beginning again.</summary>
    /// <exception cref="ProblemException">400 when it is not.</exception>
    public static void CheckGzip(Stream body)
    {
        Span<byte> magic = stackalloc byte[2];
        var read = body.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
        body.Position = 0;
        if (read > 0 && !(read == 2 && magic is [0x1f, 0x8b])) throw new ProblemException(StatusCodes.Status400BadRequest, "not-gzip", "The body is not gzip, although Content-Encoding says so.");
    }
}
