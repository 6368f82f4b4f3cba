using MemScope.Symbols.Elf;

namespace MemScope.Symbols;

/// <summary>Several names for one address: one is kept.</summary>
internal static class SymbolAliases
{
    // Hostile tables have millions of names of great length at one address.
    private const int ComparedBytes = 1024;

    /// <summary>
    /// One entry per address, sorted. Functions win over labels, then global over weak over local, then the shortest name, then the first in byte order, so that the
    /// choice does not depend on the table's order. It gets the largest of the sizes.
    /// </summary>
    public static SymbolEntry[] KeepOne(SymbolEntry[] entries, ReadOnlySpan<byte> names)
    {
        Array.Sort(entries, static (a, b) => a.Address.CompareTo(b.Address));
        var kept = 0;
        for (var i = 0; i < entries.Length; i++)
        {
            if (kept == 0 || entries[kept - 1].Address != entries[i].Address)
            {
                entries[kept++] = entries[i];
                continue;
            }
            ref var best = ref entries[kept - 1];
            var size = Math.Max(best.Size, entries[i].Size);
            best = (IsBetter(entries[i], best, names) ? entries[i] : best) with { Size = size };
        }
        return entries.AsSpan(0, kept).ToArray();
    }

    private static bool IsBetter(in SymbolEntry candidate, in SymbolEntry best, ReadOnlySpan<byte> names)
    {
        if (candidate.IsFunction != best.IsFunction) return candidate.IsFunction;
        if (candidate.Binding != best.Binding) return candidate.Binding > best.Binding;
        var name = ElfFields.StringAt(names, candidate.Name, ComparedBytes);
        var other = ElfFields.StringAt(names, best.Name, ComparedBytes);
        return name.Length != other.Length ? name.Length < other.Length : name.SequenceCompareTo(other) < 0;
    }
}
