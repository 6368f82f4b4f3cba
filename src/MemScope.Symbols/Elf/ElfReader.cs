namespace MemScope.Symbols.Elf;

/// <summary>Reads the tables that the file header points to. Stops at the first problem that makes the file unusable.</summary>
internal sealed class ElfReader(ElfBytes file, ElfLimits limits)
{
    /// <summary>Reads everything but the symbols.</summary>
    public ElfProblem? Read(out ElfFile? elf)
    {
        elf = null;
        var problem = ElfHeader.Read(file, limits, out var header);
        if (problem is not null) return problem;
        if (!TryReadSegments(header, out var segments)) return Vanished();
        if (!TryReadSections(header, out var sections)) return Vanished();
        problem = FindCut(segments, sections);
        if (problem is not null) return problem;
        elf = new ElfFile(file, limits, header, segments, sections);
        return null;
    }

    private bool TryReadSegments(in ElfHeader header, out ElfSegment[] segments)
    {
        var size = header.Identity.SegmentHeaderBytes;
        segments = new ElfSegment[header.SegmentCount];
        if (segments.Length == 0) return true;
        if (!file.TryRead(header.SegmentsAt, header.SegmentCount * (ulong)size, out var table)) return false;
        for (var i = 0; i < segments.Length; i++) segments[i] = Segment(new ElfFields(table.Span.Slice(i * size, size), header.Identity), header.Identity.Is64);
        return true;
    }

    private static ElfSegment Segment(ElfFields fields, bool is64) => new(
        (ElfSegmentType)fields.U32(0), fields.U32(is64 ? 4 : 24), fields.Word(is64 ? 8 : 4), fields.Word(is64 ? 16 : 8),
        fields.Word(is64 ? 32 : 16), fields.Word(is64 ? 40 : 20), fields.Word(is64 ? 48 : 28));

    private bool TryReadSections(in ElfHeader header, out ElfSection[] sections)
    {
        var size = header.Identity.SectionHeaderBytes;
        sections = new ElfSection[header.SectionCount];
        if (sections.Length == 0) return true;
        if (!file.TryRead(header.SectionsAt, header.SectionCount * (ulong)size, out var table)) return false;
        var names = new Dictionary<uint, string>();
        var nameTable = NameTable(header, table.Span);
        for (var i = 0; i < sections.Length; i++)
        {
            var fields = new ElfFields(table.Span.Slice(i * size, size), header.Identity);
            var nameAt = fields.U32(0);
            // Hostile files point every section at one long name: it is decoded once.
            if (!names.TryGetValue(nameAt, out var name))
                names[nameAt] = name = ElfFields.Text(ElfFields.StringAt(nameTable.Span, nameAt, limits.SectionNameBytes));
            sections[i] = Section(fields, header.Identity.Is64, name);
        }
        return true;
    }

    private static ElfSection Section(ElfFields fields, bool is64, string name) => new(
        name, (ElfSectionType)fields.U32(4), fields.Word(8), fields.Word(is64 ? 16 : 12), fields.Word(is64 ? 24 : 16), fields.Word(is64 ? 32 : 20),
        fields.U32(is64 ? 40 : 24), fields.Word(is64 ? 48 : 32), fields.Word(is64 ? 56 : 36));

    /// <summary>The section names, or nothing when that section is missing: a file without section names still has segments and symbols.</summary>
    private ReadOnlyMemory<byte> NameTable(in ElfHeader header, ReadOnlySpan<byte> table)
    {
        if (header.NameSection == 0 || header.NameSection >= header.SectionCount) return default;
        var size = header.Identity.SectionHeaderBytes;
        var section = Section(new ElfFields(table.Slice((int)header.NameSection * size, size), header.Identity), header.Identity.Is64, "");
        if (!section.HasContent) return default;
        return file.TryRead(section.FileOffset, Math.Min(section.Size, (ulong)limits.SectionNameTableBytes), out var names) ? names : default;
    }

    /// <summary>
    /// Whether content that is promised lies behind the end. Segments count only without sections: files of debug information keep the program's
    /// segments, but not their bytes.
    /// </summary>
    private ElfProblem? FindCut(ElfSegment[] segments, ElfSection[] sections)
    {
        for (var i = 0; i < sections.Length; i++)
        {
            if (sections[i].HasContent && !file.Contains(sections[i].FileOffset, sections[i].Size))
                return Cut($"section {i} ({sections[i].Size} bytes at {sections[i].FileOffset})");
        }
        if (sections.Length > 0) return null;
        for (var i = 0; i < segments.Length; i++)
        {
            if (segments[i].Type == ElfSegmentType.Load && !file.Contains(segments[i].FileOffset, segments[i].FileBytes))
                return Cut($"segment {i} ({segments[i].FileBytes} bytes at {segments[i].FileOffset})");
        }
        return null;
    }

    private ElfProblem Cut(string part) =>
        new(ElfProblemKind.Truncated, $"The file has {file.Length} bytes, but its headers promise {part}: it is cut off or damaged.");

    private static ElfProblem Vanished() => new(ElfProblemKind.Truncated, "The file became shorter while it was read.");
}
