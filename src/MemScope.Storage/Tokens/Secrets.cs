using System.Security.Cryptography;
using System.Text;

namespace MemScope.Storage.Tokens;

/// <summary>Random texts that open something. Only their digest is stored, so that a copy of the database opens nothing.</summary>
internal static class Secrets
{
    private const int Longest = 200;

    /// <summary>A secret of so many random bytes, safe in an address.</summary>
    public static string New(int bytes) => System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(bytes));

    /// <summary>
    /// What is stored of a secret, or null for a text that cannot be one. Looking it up by an index leaks nothing in time: what is compared is the digest, which a guesser
    /// does not choose.
    /// </summary>
    public static byte[]? Digest(string? secret) => string.IsNullOrEmpty(secret) || secret.Length > Longest ? null : SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
