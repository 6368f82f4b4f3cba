using System.Security.Cryptography;
using MemScope.Core.Formats.Containers;

namespace MemScope.Core.Formats;

/// <summary>What an upload held.</summary>
/// <param name="Parsed">Its model and diagnostics.</param>
/// <param name="Sha256OfDecoded">SHA-256 of the bytes with gzip and zstd taken off (an archive stays packed): names the capture.</param>
/// <param name="DecodedBytes">How many bytes those are.</param>
public sealed record CaptureContents(ParsedCapture Parsed, byte[] Sha256OfDecoded, long DecodedBytes);

/// <summary>Takes a program, library or debug file that lies in an archive.</summary>
/// <param name="name">Its path in the archive.</param>
/// <param name="content">Its bytes, to be read before the call returns.</param>
public delegate void TakeSymbolFile(string name, Stream content);

/// <summary>
/// Reads one uploaded file: takes off gzip and zstd, walks tar and zip, recognises each format and has it parsed.
/// <code>
/// var contents = CaptureReader.Read(file, "smaps.tar.gz", null, Limits.Default, cancellation);
/// foreach (var snapshot in contents.Parsed.Snapshots) Console.WriteLine($"{snapshot.TakenAt:O} {snapshot.RssBytes}");
/// </code>
/// </summary>
public static class CaptureReader
{
    /// <summary>Reads a file to its end.</summary>
    /// <param name="file">The bytes as sent, from the front.</param>
    /// <param name="fileName">Name as sent, or null.</param>
    /// <param name="formatOverride">Slug that the user chose, or null to recognise the format.</param>
    /// <param name="limits">Caps.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="CaptureRefusedException">The file cannot be taken: cut off, too large, unknown, empty. Nothing of it is to be stored.</exception>
    public static CaptureContents Read(Stream file, string? fileName, string? formatOverride, Limits limits, CancellationToken cancellation = default) =>
        Read(file, fileName, formatOverride, limits, null, null, cancellation);

    /// <summary>Reads a file to its end.</summary>
    /// <param name="file">The bytes as sent, from the front.</param>
    /// <param name="fileName">Name as sent, or null.</param>
    /// <param name="formatOverride">Slug that the user chose, or null to recognise the format.</param>
    /// <param name="limits">Caps.</param>
    /// <param name="symbolFiles">Takes the programs, libraries and debug files of an archive; without it they are only reported.</param>
    /// <param name="receivedAt">When the file came (UTC), for times in it without a year or date; null when they are to have none.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="CaptureRefusedException">As above.</exception>
    public static CaptureContents Read(Stream file, string? fileName, string? formatOverride, Limits limits, TakeSymbolFile? symbolFiles, DateTimeOffset? receivedAt, CancellationToken cancellation)
    {
        var reading = Begin(fileName, formatOverride, limits, symbolFiles, receivedAt, cancellation);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (parsed, count) = reading.Run(file, hash);
        return new CaptureContents(parsed, hash.GetCurrentHash(), count);
    }

    /// <summary>Reads a file to its end for what it holds only: no hash, which takes longer than reading a snapshot.</summary>
    /// <param name="file">The bytes as sent, from the front.</param>
    /// <param name="fileName">Name as sent, or null.</param>
    /// <param name="formatOverride">Slug that the user chose, or null to recognise the format.</param>
    /// <param name="limits">Caps.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="CaptureRefusedException">As above.</exception>
    public static ParsedCapture Parse(Stream file, string? fileName, string? formatOverride, Limits limits, CancellationToken cancellation = default) =>
        Begin(fileName, formatOverride, limits, null, null, cancellation).Run(file, null).Parsed;

    private static CaptureReading Begin(string? fileName, string? formatOverride, Limits limits, TakeSymbolFile? symbolFiles, DateTimeOffset? receivedAt, CancellationToken cancellation)
    {
        if (formatOverride is not null && InputFormats.Find(formatOverride) is null)
            throw new CaptureRefusedException(CaptureRefusal.Unsupported, "unknown-format",
                $"There is no such format. Known are: {string.Join(", ", InputFormats.All.Select(f => f.Slug))}.");
        return new CaptureReading(fileName, formatOverride, limits, cancellation) { SymbolFiles = symbolFiles, ReceivedAt = receivedAt };
    }
}
