using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Lineage;

/// <summary>The part of a mapping's line that changes when it grows or moves.</summary>
/// <param name="Start">First address.</param>
/// <param name="End">First address behind it.</param>
/// <param name="Offset">Offset into the file, bytes.</param>
/// <param name="Line">Number of the rest of the line among <see cref="MappingLines"/>.</param>
internal readonly record struct LoggedExtent(ulong Start, ulong End, ulong Offset, int Line)
{
    /// <summary>What smaps prints as Size of a range.</summary>
    public static long ExpectedSizeKiB(ulong start, ulong end) => (long)(unchecked(end - start) / 1024);

    /// <summary>Bytes covered, at most what a signed number holds.</summary>
    public static long VirtualBytes(VmaTable vmas, int row) => (long)Math.Min(new AddressRange(vmas.Starts[row], vmas.Ends[row]).Length, long.MaxValue);
}

/// <summary>The part of a mapping's line that stays as a rule.</summary>
/// <param name="Permissions">Permissions.</param>
/// <param name="Device">Major in the upper, minor in the lower 32 bits.</param>
/// <param name="Inode">Inode.</param>
/// <param name="Name">Name column.</param>
/// <param name="Flags">VmFlags, or null where not printed.</param>
internal readonly record struct MappingLine(VmaPermissions Permissions, ulong Device, ulong Inode, string Name, string? Flags);

/// <summary>Numbers equal lines once per track.</summary>
internal sealed class MappingLines
{
    /// <summary>A line in the list and as a key of the dictionary with its number and bucket.</summary>
    private const int BytesPerLine = 112;

    private readonly List<MappingLine> _lines = [];
    private readonly Dictionary<MappingLine, int> _numbers = [];

    /// <summary>The line of a number.</summary>
    public MappingLine this[int number] => _lines[number];

    /// <summary>About how much memory it takes; names are counted for each line that has them.</summary>
    public long MemoryBytes { get; private set; }

    /// <summary>The number of a row's line.</summary>
    public int NumberOf(VmaTable vmas, int row)
    {
        var line = new MappingLine(vmas.Permissions[row], vmas.Devices[row], vmas.Inodes[row], vmas.Names[row], vmas.Flags?[row]);
        if (_numbers.TryGetValue(line, out var number)) return number;
        _numbers.Add(line, _lines.Count);
        _lines.Add(line);
        MemoryBytes += BytesPerLine + (sizeof(char) * line.Name.Length);
        return _lines.Count - 1;
    }
}
