using System.Net.Http.Headers;

namespace MemScope.Agent.Sending;

/// <summary>Builds the requests.</summary>
internal static class CaptureRequest
{
    /// <summary>Posts a capture. Sent again with the same key it is stored once.</summary>
    public static HttpRequestMessage Post(string address, HttpContent body, string fileName, string idempotencyKey)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = WithName(body, fileName) };
        request.Headers.Add("Idempotency-Key", idempotencyKey);
        return request;
    }

    /// <summary>Puts a symbol file; the server names it by its build id, so a repeat changes nothing.</summary>
    public static HttpRequestMessage PutSymbols(HttpContent body, string fileName) => new(HttpMethod.Put, "api/v1/symbols") { Content = WithName(body, fileName) };

    private static HttpContent WithName(HttpContent body, string fileName)
    {
        body.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        body.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileNameStar = fileName };
        return body;
    }
}
