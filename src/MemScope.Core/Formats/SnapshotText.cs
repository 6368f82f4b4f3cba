using System.Buffers;
using MemScope.Core.Formats.Pmap;
using MemScope.Core.Formats.Smaps;
using MemScope.Core.Model;

namespace MemScope.Core.Formats;

/// <summary>A snapshot as text again: what its own command would print.</summary>
public static class SnapshotText
{
    /// <summary>The text, read back to the same mappings by <see cref="CaptureReader"/>.</summary>
    /// <param name="source">The command or file that it comes from.</param>
    /// <param name="vmas">Its mappings.</param>
    public static ReadOnlyMemory<byte> Of(SnapshotSource source, VmaTable vmas)
    {
        var output = new ArrayBufferWriter<byte>(64 << 10);
        if (source is SnapshotSource.Smaps or SnapshotSource.Maps) SmapsWriter.Write(vmas, output);
        else PmapWriter.Write(source, vmas, output);
        return output.WrittenMemory;
    }

    /// <summary>The mappings in the form of smaps, whatever they come from, with the numbers that there are; of maps and of pmap without resident sizes, lines of maps.</summary>
    public static ReadOnlyMemory<byte> AsSmaps(VmaTable vmas)
    {
        var output = new ArrayBufferWriter<byte>(64 << 10);
        SmapsWriter.Write(vmas, output);
        return output.WrittenMemory;
    }

    /// <summary>Columns of maps that a source does not print, and which are therefore 0 in <see cref="AsSmaps"/>, or of names only the last part; empty when none is missing.</summary>
    public static IReadOnlyList<string> MissingFrom(SnapshotSource source) => source switch
    {
        SnapshotSource.Smaps or SnapshotSource.Maps => [],
        SnapshotSource.PmapAllFields or SnapshotSource.PmapFields => ["path"],
        SnapshotSource.PmapExtended => ["offset", "device", "inode", "path"],
        _ => ["inode", "path"],
    };

    /// <summary>
    /// What the text says otherwise than the mappings that it was made of, in words; null when it gives back every number, flag and name. Only what a source cannot have printed differs: a
    /// torn snapshot whose mappings overlap, a name with a line's end in it.
    /// </summary>
    public static string? FirstLoss(SnapshotSource source, VmaTable vmas)
    {
        if (vmas.Count == 0) return null;
        var format = source switch { SnapshotSource.Smaps => "smaps", SnapshotSource.Maps => "maps", _ => "pmap" };
        ParsedCapture parsed;
        try
        {
            parsed = CaptureReader.Parse(Containers.ReadStream.Over(Of(source, vmas)), null, format, Limits.Default);
        }
        catch (CaptureRefusedException refused)
        {
            return refused.Message;
        }
        if (parsed.Snapshots.Count != 1) return FormattableString.Invariant($"{parsed.Snapshots.Count} snapshots, not 1");
        return parsed.Snapshots[0].Source == source ? VmaTableComparison.FirstDifference(parsed.Snapshots[0].Vmas, vmas) : $"{parsed.Snapshots[0].Source.Text()}, not {source.Text()}";
    }
}
