using MemScope.Core;
using MemScope.Web.Api;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace MemScope.Web.Ingest;

/// <summary>The files of a <c>multipart/form-data</c> body, as browsers and <c>curl -F</c> send them.</summary>
internal sealed class MultipartFiles(BodySpool spool, Limits limits)
{
    private const int MostFiles = 1000;
    private const int LongestBoundary = 200;

    /// <summary>Whether the request is of that kind.</summary>
    public static bool Is(HttpRequest request) => request.ContentType?.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase) is true;

    /// <summary>Takes all files in; the caller disposes them.</summary>
    /// <exception cref="ProblemException">400 when the body is not well formed, 415 for another kind of multipart, 422 without a file.</exception>
    public async Task<List<ReceivedFile>> ReceiveAsync(HttpRequest request, CancellationToken cancel)
    {
        var reader = new MultipartReader(Boundary(request), request.Body) { BodyLengthLimit = limits.UploadBytes };
        var files = new List<ReceivedFile>();
        try
        {
            while (await reader.ReadNextSectionAsync(cancel) is { } section)
            {
                if (files.Count == MostFiles) throw new ProblemException(StatusCodes.Status413PayloadTooLarge, "too-many-files", "Too many files in one request; pack them into a tar.gz.", MostFiles, files.Count + 1);
                if (BodyEncodingOf(section)) throw new ProblemException(StatusCodes.Status415UnsupportedMediaType, "content-encoding", "A part of a multipart body has no Content-Encoding; send .gz files as they are.");
                var name = UploadedName.Of(section.ContentDisposition);
                files.Add(new ReceivedFile(await spool.ReceiveAsync(section.Body, limits.UploadBytes, digest: null, cancel), name));
            }
        }
        catch (Exception e)
        {
            foreach (var file in files) await file.DisposeAsync();
            // The reader's words for a body that ends early or has no boundary; disk errors carry an errno.
            if (e is InvalidDataException || (e is IOException and not BadHttpRequestException && e.HResult == new IOException().HResult))
                throw new ProblemException(StatusCodes.Status400BadRequest, "bad-multipart", "The multipart body is cut off or malformed.");
            throw;
        }
        return files.Count > 0 ? files : throw new ProblemException(StatusCodes.Status422UnprocessableEntity, "no-file", "The multipart body holds no file.");
    }

    private static string Boundary(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            throw new ProblemException(StatusCodes.Status415UnsupportedMediaType, "media-type", "Of multipart types, multipart/form-data is taken.");
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
        return boundary is { Length: > 0 and <= LongestBoundary } ? boundary : throw new ProblemException(StatusCodes.Status400BadRequest, "bad-multipart", "The multipart boundary is missing or too long.");
    }

    private static bool BodyEncodingOf(MultipartSection section) => section.Headers?.ContainsKey(HeaderNames.ContentEncoding) is true;
}
