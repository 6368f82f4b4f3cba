namespace MemScope.Symbols.Elf;

/// <summary>The file header (elf.h, Elf32_Ehdr and Elf64_Ehdr) with the extended numbers of section 0 resolved.</summary>
internal readonly record struct ElfHeader(
    ElfIdentity Identity, ushort Type, ushort Machine, ulong Entry, ulong SegmentsAt, uint SegmentCount, ulong SectionsAt, ulong SectionCount, uint NameSection)
{
    private const int IdentityBytes = 16;
    private const uint SegmentCountElsewhere = 0xffff;
    private const uint NameSectionElsewhere = 0xffff;

    /// <summary>Reads and checks it, the places of both header tables included.</summary>
    public static ElfProblem? Read(ElfBytes file, ElfLimits limits, out ElfHeader header)
    {
        header = default;
        if (!file.TryRead(0, Math.Min(file.Length, 64), out var start) || !start.Span.StartsWith("\u007fELF"u8))
            return new ElfProblem(ElfProblemKind.NotElf, "The file does not begin with the four bytes of an ELF file (7f 45 4c 46).");
        if (start.Length < IdentityBytes) return Cut("its file header");
        var problem = Identify(start.Span, out var identity);
        if (problem is not null) return problem;
        if (start.Length < identity.HeaderBytes) return Cut("its file header");

        var fields = new ElfFields(start.Span, identity);
        var is64 = identity.Is64;
        header = new ElfHeader(
            identity, fields.U16(16), fields.U16(18), fields.Word(24),
            SegmentsAt: fields.Word(is64 ? 32 : 28), SegmentCount: fields.U16(is64 ? 56 : 44),
            SectionsAt: fields.Word(is64 ? 40 : 32), SectionCount: fields.U16(is64 ? 60 : 48), NameSection: fields.U16(is64 ? 62 : 50));
        return CheckTables(file, limits, fields.U16(is64 ? 54 : 42), fields.U16(is64 ? 58 : 46), ref header);
    }

    private static ElfProblem? Identify(ReadOnlySpan<byte> start, out ElfIdentity identity)
    {
        identity = new ElfIdentity(start[4] == 2, start[5] == 2);
        if (start[4] is not (1 or 2)) return Unsupported($"class {start[4]} (only 1 = 32 bit and 2 = 64 bit exist)");
        if (start[5] is not (1 or 2)) return Unsupported($"byte order {start[5]} (only 1 = little and 2 = big endian exist)");
        if (start[6] != 1) return Unsupported($"version {start[6]} (only 1 exists)");
        return null;
    }

    private static ElfProblem? CheckTables(ElfBytes file, ElfLimits limits, ushort segmentBytes, ushort sectionBytes, ref ElfHeader header)
    {
        if (header.SectionsAt != 0)
        {
            if (sectionBytes != header.Identity.SectionHeaderBytes)
                return Malformed($"a section header of {sectionBytes} bytes where {header.Identity.SectionHeaderBytes} are right");
            var problem = TakeExtendedNumbers(file, ref header);
            if (problem is not null) return problem;
        }
        else if (header.SectionCount != 0)
        {
            return Malformed($"{header.SectionCount} section headers at no place");
        }
        if (header.SegmentCount > limits.Segments) return TooMany("program headers", header.SegmentCount, limits.Segments);
        if (header.SectionCount > (ulong)limits.Sections) return TooMany("section headers", header.SectionCount, limits.Sections);
        if (header.SegmentCount > 0 && segmentBytes != header.Identity.SegmentHeaderBytes)
            return Malformed($"a program header of {segmentBytes} bytes where {header.Identity.SegmentHeaderBytes} are right");
        if (!file.Contains(header.SegmentsAt, header.SegmentCount * (ulong)header.Identity.SegmentHeaderBytes) && header.SegmentCount > 0)
            return Cut("its program headers");
        if (!file.Contains(header.SectionsAt, header.SectionCount * (ulong)header.Identity.SectionHeaderBytes)) return Cut("its section headers");
        return null;
    }

    /// <summary>Numbers that do not fit into 16 bits stand in the unused section 0 (elf(5): e_phnum, e_shnum, e_shstrndx).</summary>
    private static ElfProblem? TakeExtendedNumbers(ElfBytes file, ref ElfHeader header)
    {
        if (!file.TryRead(header.SectionsAt, (ulong)header.Identity.SectionHeaderBytes, out var first)) return Cut("its section headers");
        var fields = new ElfFields(first.Span, header.Identity);
        var is64 = header.Identity.Is64;
        if (header.SectionCount == 0) header = header with { SectionCount = fields.Word(is64 ? 32 : 20) };
        if (header.SegmentCount == SegmentCountElsewhere) header = header with { SegmentCount = fields.U32(is64 ? 44 : 28) };
        if (header.NameSection == NameSectionElsewhere) header = header with { NameSection = fields.U32(is64 ? 40 : 24) };
        return null;
    }

    private static ElfProblem Cut(string part) => new(ElfProblemKind.Truncated, $"The file ends before {part}: it is cut off.");

    private static ElfProblem Unsupported(string what) => new(ElfProblemKind.Unsupported, $"The ELF file has {what}.");

    private static ElfProblem Malformed(string what) => new(ElfProblemKind.Malformed, $"The ELF header states {what}.");

    private static ElfProblem TooMany(string what, ulong count, int limit) =>
        new(ElfProblemKind.TooLarge, $"The ELF header states {count} {what}; at most {limit} are read.");
}
