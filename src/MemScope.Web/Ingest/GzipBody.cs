using System.Buffers.Binary;
using System.IO.Compression;
using MemScope.Web.Api;

namespace MemScope.Web.Ingest;

/// <summary>Unpacks bodies that are no captures (those the capture reader unpacks itself).</summary>
internal static class GzipBody
{
    private const int TrailerBytes = 8; // CRC-32 and length (RFC 1952)

    /// <summary>Unpacks into another spooled file.</summary>
    /// <exception cref="ProblemException">400 when it is no gzip, damaged or cut off; 413 when it unpacks to more than <paramref name="limit"/>.</exception>
    public static async Task<FileStream> UnpackAsync(FileStream packed, BodySpool spool, long limit, CancellationToken cancel)
    {
        BodyEncoding.CheckGzip(packed);
        FileStream? file = null;
        try
        {
            await using var gzip = new GZipStream(packed, CompressionMode.Decompress, leaveOpen: true);
            file = await spool.ReceiveAsync(gzip, limit, digest: null, cancel);
            if (IsWhole(packed, file.Length)) return file;
        }
        catch (InvalidDataException)
        {
            // Damaged: the same answer as cut off.
        }
        if (file is not null) await file.DisposeAsync();
        throw new ProblemException(StatusCodes.Status400BadRequest, "gzip-damaged", "The gzip body is damaged or cut off. Send it again.");
    }

    // GZipStream takes the end of its input for the end of the data, so the length at the end is compared.
    private static bool IsWhole(FileStream packed, long unpackedBytes)
    {
        Span<byte> length = stackalloc byte[TrailerBytes / 2];
        if (packed.Length < TrailerBytes) return false;
        packed.Position = packed.Length - length.Length;
        packed.ReadExactly(length);
        return BinaryPrimitives.ReadUInt32LittleEndian(length) == (uint)unpackedBytes;
    }
}
