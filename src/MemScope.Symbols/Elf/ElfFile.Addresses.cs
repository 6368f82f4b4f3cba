namespace MemScope.Symbols.Elf;

/// <content>From file offsets to link addresses and back, through the loaded segments.</content>
public sealed partial class ElfFile
{
    /// <summary>
    /// Whether file offsets can be turned into link addresses. Debug files of objcopy have segments without bytes: ask the program that they were split from.
    /// </summary>
    public bool HasFileLayout => LoadSegments.Any(s => s.IsExecutable && s.FileBytes > 0);

    /// <summary>The segments that are mapped into memory.</summary>
    public IEnumerable<ElfSegment> LoadSegments => _segments.Where(s => s.Type == ElfSegmentType.Load);

    /// <summary>
    /// The link address of a byte of the file, or null when no segment maps it. Segments that hold the offset exactly win over those that only their pages
    /// hold, and among equals those with code.
    /// </summary>
    public ulong? LinkAddressOf(ulong fileOffset) =>
        FindSegment(fileOffset, executable: true, smallestPage: 1) is { } segment ? fileOffset - segment.FileOffset + segment.LinkAddress : null;

    /// <summary>The file offset behind a link address, or null when no segment has it in the file (zero-filled memory has none).</summary>
    public ulong? FileOffsetOf(ulong linkAddress)
    {
        foreach (var segment in LoadSegments)
        {
            if (segment.ContainsLinkAddress(linkAddress) && linkAddress - segment.LinkAddress < segment.FileBytes)
                return linkAddress - segment.LinkAddress + segment.FileOffset;
        }
        return null;
    }

    /// <summary>
    /// What was added to every link address when the file was loaded: <c>start - pgoff + p_offset - p_vaddr</c> of the segment behind the mapping, as
    /// wrapping arithmetic; 0 for a program with fixed addresses; null when no segment fits.
    /// </summary>
    /// <param name="start">Start of the mapping.</param>
    /// <param name="pgoff">Its offset in the file, bytes, as /proc/PID/maps prints it.</param>
    /// <param name="executable">Whether the mapping is executable: two segments may share a page of the file.</param>
    public ulong? LoadBias(ulong start, ulong pgoff, bool executable = true)
    {
        if (_header.Type == 2) return 0;
        var segment = FindSegment(pgoff, executable, smallestPage: 4096);
        return segment is { } found ? unchecked(start - pgoff + found.FileOffset - found.LinkAddress) : null;
    }

    /// <summary>Whether a link address lies in a loaded segment with code.</summary>
    public bool IsCode(ulong linkAddress) => LoadSegments.Any(s => s.IsExecutable && s.ContainsLinkAddress(linkAddress));

    /// <summary>The segment of a file offset: by growing page size, at each size those with the wanted permission first.</summary>
    private ElfSegment? FindSegment(ulong fileOffset, bool executable, ulong smallestPage)
    {
        if (!HasFileLayout) return null;
        foreach (var page in (ReadOnlySpan<ulong>)[smallestPage, 4096, 0])
        {
            ElfSegment? other = null;
            foreach (var segment in LoadSegments)
            {
                if (!segment.ContainsFileOffset(fileOffset, page == 0 ? segment.Page : page)) continue;
                if (segment.IsExecutable == executable) return segment;
                other ??= segment;
            }
            if (other is not null) return other;
        }
        return null;
    }
}
