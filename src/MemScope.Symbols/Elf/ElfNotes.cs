namespace MemScope.Symbols.Elf;

/// <summary>Looks for the build id: the GNU note of type 3 (elf.h, NT_GNU_BUILD_ID) in note sections, then in note segments.</summary>
internal static class ElfNotes
{
    private const int HeaderBytes = 12;
    private const uint BuildIdType = 3;

    /// <summary>The first build id of usable length, or null. Looks at <see cref="ElfLimits.NoteBytes"/> at most over all places.</summary>
    public static BuildId? FindBuildId(ElfBytes file, ElfIdentity identity, ElfLimits limits, ElfSegment[] segments, ElfSection[] sections)
    {
        var budget = (ulong)limits.NoteBytes;
        // The section that linkers name so comes first: a hostile or merged file may carry several notes.
        foreach (var section in sections.Where(s => s.Type == ElfSectionType.Note).OrderByDescending(s => string.Equals(s.Name, ".note.gnu.build-id", StringComparison.Ordinal)))
        {
            if (Search(file, identity, section.FileOffset, section.Size, section.Alignment, ref budget) is { } id) return id;
        }
        foreach (var segment in segments)
        {
            if (segment.Type != ElfSegmentType.Note) continue;
            if (Search(file, identity, segment.FileOffset, segment.FileBytes, segment.Alignment, ref budget) is { } id) return id;
        }
        return null;
    }

    private static BuildId? Search(ElfBytes file, ElfIdentity identity, ulong offset, ulong length, ulong alignment, ref ulong budget)
    {
        var take = Math.Min(length, budget);
        if (take < HeaderBytes || !file.TryRead(offset, take, out var notes)) return null;
        budget -= take;
        // Some linkers pad by 4 in places that they declare as aligned to 8.
        return (alignment == 8 ? InNotes(notes.Span, identity, 8) : null) ?? InNotes(notes.Span, identity, 4);
    }

    /// <summary>Walks notes: sizes of name and descriptor, type, then both padded to the alignment (4, in some segments 8).</summary>
    private static BuildId? InNotes(ReadOnlySpan<byte> notes, ElfIdentity identity, uint alignment)
    {
        ulong at = 0;
        while (at + HeaderBytes <= (ulong)notes.Length)
        {
            var fields = new ElfFields(notes[(int)at..], identity);
            ulong nameBytes = fields.U32(0), bytes = fields.U32(4);
            var nameAt = at + HeaderBytes;
            var descriptorAt = Align(nameAt + nameBytes, alignment);
            if (descriptorAt > (ulong)notes.Length || bytes > (ulong)notes.Length - descriptorAt) return null;
            var isGnu = nameBytes == 4 && notes.Slice((int)nameAt, 4).SequenceEqual("GNU\0"u8);
            if (isGnu && fields.U32(8) == BuildIdType && BuildId.TryFromBytes(notes.Slice((int)descriptorAt, (int)bytes), out var id)) return id;
            at = Align(descriptorAt + bytes, alignment);
        }
        return null;
    }

    private static ulong Align(ulong value, uint alignment) => (value + alignment - 1) & ~(ulong)(alignment - 1);
}
