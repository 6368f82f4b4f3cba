using System.Security.Cryptography;
using MemScope.Web.Api;

namespace MemScope.Web.Ingest;

/// <summary>Checks <c>Content-Digest: sha-256=:…:</c> (RFC 9530), the digest of the body as it was sent, compressed or not.</summary>
internal sealed class ContentDigest : IDisposable
{
    private readonly List<(string Name, IncrementalHash Hash, byte[] Expected)> _digests = [];

    private ContentDigest()
    {
    }

    /// <summary>The digests that the request carries, or null without any. Algorithms that are not known are passed over, as the RFC asks.</summary>
    /// <exception cref="ProblemException">400 when a known one is malformed.</exception>
    public static ContentDigest? Of(IHeaderDictionary headers)
    {
        var result = new ContentDigest();
        foreach (var member in headers["Content-Digest"].SelectMany(value => value?.Split(',') ?? []))
        {
            var parts = member.Split('=', 2, StringSplitOptions.TrimEntries);
            if (Algorithm(parts[0]) is not { } algorithm) continue;
            result._digests.Add((parts[0], IncrementalHash.CreateHash(algorithm), Bytes(parts)));
        }
        return result._digests.Count == 0 ? null : result;
    }

    /// <summary>Adds a part of the body.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        foreach (var (_, hash, _) in _digests) hash.AppendData(bytes);
    }

    /// <summary>Compares after the whole body.</summary>
    /// <exception cref="ProblemException">400 when it differs.</exception>
    public void Verify()
    {
        foreach (var (name, hash, expected) in _digests)
        {
            if (!hash.GetHashAndReset().AsSpan().SequenceEqual(expected)) throw new ProblemException(StatusCodes.Status400BadRequest, "digest-mismatch", $"The body does not have the {name} of Content-Digest: it was damaged on the way. Send it again.");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, hash, _) in _digests) hash.Dispose();
    }

    private static HashAlgorithmName? Algorithm(string name) => name.ToLowerInvariant() switch
    {
        "sha-256" => HashAlgorithmName.SHA256,
        "sha-512" => HashAlgorithmName.SHA512,
        _ => null,
    };

    private static byte[] Bytes(string[] member)
    {
        var value = member.Length == 2 ? member[1] : "";
        var bytes = new byte[value.Length];
        if (value is [':', .. var base64, ':'] && Convert.TryFromBase64String(base64, bytes, out var length)) return bytes[..length];
        throw new ProblemException(StatusCodes.Status400BadRequest, "bad-digest", "Content-Digest is written as sha-256=:BASE64:");
    }
}
