using System.Collections.Concurrent;
using MemScope.Web.Api;

namespace MemScope.Web.Ingest;

/// <summary>Idempotency keys of uploads that are still running on this node.</summary>
internal sealed class InFlightKeys
{
    private const int LongestKey = 255;
    private readonly ConcurrentDictionary<string, byte> _keys = new(StringComparer.Ordinal);

    /// <summary>The request's Idempotency-Key, or null.</summary>
    /// <exception cref="ProblemException">400 when it cannot be one.</exception>
    public static string? Of(HttpRequest request)
    {
        var values = request.Headers["Idempotency-Key"];
        if (values.Count == 0) return null;
        return values is [{ Length: > 0 and <= LongestKey } key] && !key.Any(char.IsControl)
            ? key
            : throw new ProblemException(StatusCodes.Status400BadRequest, "bad-idempotency-key", "One Idempotency-Key of up to 255 characters is taken.");
    }

    /// <summary>Marks a key as running until the result is disposed.</summary>
    /// <exception cref="ProblemException">409 while another request with it runs.</exception>
    public IDisposable? Enter(string? key)
    {
        if (key is null) return null;
        if (!_keys.TryAdd(key, 0))
        {
            throw new ProblemException(StatusCodes.Status409Conflict, "upload-in-flight", "An upload with this Idempotency-Key is still running. Its answer will come; ask again then.") { RetryAfterSeconds = 1 };
        }
        return new Running(this, key);
    }

    private sealed class Running(InFlightKeys owner, string key) : IDisposable
    {
        public void Dispose() => owner._keys.TryRemove(key, out _);
    }
}
