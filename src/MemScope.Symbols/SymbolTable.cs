using System.Collections.Concurrent;
using MemScope.Symbols.Elf;

namespace MemScope.Symbols;

/// <summary>
/// Functions of one ELF file by link address. Kept as sorted arrays over the file's own string table: a name becomes a string when it is first asked for.
/// </summary>
public sealed class SymbolTable
{
    private readonly SymbolEntry[] _entries;
    private readonly CodeRange[] _ranges;
    private readonly ReadOnlyMemory<byte> _names;
    private readonly int _nameBytes;
    private readonly ConcurrentDictionary<int, Symbol> _symbols = new();

    internal SymbolTable(SymbolSource source, SymbolEntry[] entries, CodeRange[] ranges, ReadOnlyMemory<byte> names, int nameBytes, IReadOnlyList<string> notes)
    {
        (Source, _entries, _ranges, _names, _nameBytes, Notes) = (source, entries, ranges, names, nameBytes, notes);
    }

    /// <summary>Which table it was read from.</summary>
    public SymbolSource Source { get; }

    /// <summary>Functions at distinct addresses.</summary>
    public int Count => _entries.Length;

    /// <summary>What a person should know about it: sentences, empty as a rule.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>Why an address without a symbol has none.</summary>
    public SymbolMiss Miss => Count == 0 ? SymbolMiss.NoSymbols : SymbolMiss.UnknownAddress;

    /// <summary>
    /// Reads <c>.symtab</c>, or <c>.dynsym</c> where there is none. Functions, and untyped labels in code; of several names at one address a global one, then a
    /// weak one, of these the shortest. Never throws on content: what cannot be read is in <see cref="Notes"/>.
    /// </summary>
    public static SymbolTable Read(ElfFile elf) => SymbolTableReader.Read(elf);

    /// <summary>The function that covers a link address, or null. Take one byte off a return address first.</summary>
    public Symbol? Lookup(ulong linkAddress)
    {
        var at = IndexOfLastStartingAtOrBefore(_ranges, linkAddress);
        return at >= 0 && linkAddress < _ranges[at].End ? SymbolAt(_ranges[at].Entry) : null;
    }

    /// <summary>The function that begins exactly there, or null.</summary>
    public Symbol? StartingAt(ulong linkAddress)
    {
        var at = IndexOfLastStartingAtOrBefore(_entries, linkAddress);
        return at >= 0 && _entries[at].Address == linkAddress ? SymbolAt(at) : null;
    }

    /// <summary>All functions by ascending address.</summary>
    public IEnumerable<Symbol> All() => Enumerable.Range(0, Count).Select(SymbolAt);

    private static int IndexOfLastStartingAtOrBefore<T>(T[] sorted, ulong address) where T : struct, IHasStart
    {
        int low = 0, high = sorted.Length;
        while (low < high)
        {
            var middle = (int)(((uint)low + (uint)high) / 2);
            if (sorted[middle].Start <= address) low = middle + 1;
            else high = middle;
        }
        return low - 1;
    }

    private Symbol SymbolAt(int index) => _symbols.GetOrAdd(index, static (i, table) => table.Decode(i), this);

    private Symbol Decode(int index)
    {
        ref readonly var entry = ref _entries[index];
        return new Symbol(ElfFields.Text(ElfFields.StringAt(_names.Span, entry.Name, _nameBytes)), entry.Address, entry.Size, entry.Binding);
    }
}

/// <summary>Something that a binary search by address finds.</summary>
internal interface IHasStart
{
    ulong Start { get; }
}

/// <summary>A function before its name is decoded.</summary>
/// <param name="Address">Link address.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Name">Offset in the string table.</param>
/// <param name="Section">Section index, or 0 when not known.</param>
/// <param name="Binding">Visibility.</param>
/// <param name="IsFunction">False for an untyped label.</param>
internal readonly record struct SymbolEntry(ulong Address, ulong Size, uint Name, ushort Section, SymbolBinding Binding, bool IsFunction) : IHasStart
{
    public ulong Start => Address;

    /// <summary>First address behind it, cut at the top of the address space.</summary>
    public ulong End => Address > ulong.MaxValue - Size ? ulong.MaxValue : Address + Size;
}

/// <summary>Addresses that belong to one entry; ranges do not overlap.</summary>
internal readonly record struct CodeRange(ulong Start, ulong End, int Entry) : IHasStart;
