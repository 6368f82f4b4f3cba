using MemScope.Symbols.Elf;

namespace MemScope.Symbols;

/// <summary>Turns entries, which may nest, overlap or have no size, into ranges that do not, so that a lookup is one binary search.</summary>
internal static class SymbolRanges
{
    /// <summary>
    /// Where entries overlap, the one that begins last has the address. An entry without size only fills what those with sizes leave: to the next entry, at most to
    /// the end of its section or segment. Its <see cref="SymbolEntry.Size"/> is set.
    /// </summary>
    public static CodeRange[] Of(SymbolEntry[] entries, ElfFile elf)
    {
        GiveSizes(entries, elf);
        var ranges = new List<CodeRange>(entries.Length);
        var open = new Stack<int>();
        ulong at = 0;
        for (var i = 0; i < entries.Length; i++)
        {
            Close(entries[i].Address);
            at = entries[i].Address;
            if (entries[i].Size > 0) open.Push(i);
        }
        Close(ulong.MaxValue);
        return [.. ranges];

        // Gives [at, until) to the open entries, innermost first.
        void Close(ulong until)
        {
            while (open.TryPeek(out var entry))
            {
                var end = Math.Min(entries[entry].End, until);
                if (end > at) ranges.Add(new CodeRange(at, end, entry));
                at = Math.Max(at, end);
                if (entries[entry].End > until) return;
                open.Pop();
            }
        }
    }

    private static void GiveSizes(SymbolEntry[] entries, ElfFile elf)
    {
        var segments = elf.LoadSegments.Where(s => s.IsExecutable).ToArray();
        ulong covered = 0;
        for (var i = 0; i < entries.Length; i++)
        {
            if (entries[i].Size > 0)
            {
                covered = Math.Max(covered, entries[i].End);
                continue;
            }
            var address = entries[i].Address;
            if (address < covered) continue;
            var end = EndOfSurroundings(entries[i], elf, segments);
            if (i + 1 < entries.Length) end = Math.Min(end, entries[i + 1].Address);
            if (end > address) entries[i] = entries[i] with { Size = end - address };
        }
    }

    private static ulong EndOfSurroundings(in SymbolEntry entry, ElfFile elf, ElfSegment[] segments)
    {
        var address = entry.Address;
        if (entry.Section != 0)
        {
            var section = elf.Sections[entry.Section];
            if (address >= section.LinkAddress && address - section.LinkAddress < section.Size) return section.LinkAddress + section.Size;
        }
        foreach (var segment in segments)
        {
            if (segment.ContainsLinkAddress(address)) return segment.LinkAddress + segment.MemoryBytes;
        }
        return address;
    }
}
