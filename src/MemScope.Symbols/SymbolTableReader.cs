using MemScope.Symbols.Elf;

namespace MemScope.Symbols;

/// <summary>Reads the symbols of an ELF file: pick the table, keep code, choose among aliases, give sizes to those without.</summary>
internal static class SymbolTableReader
{
    private const ushort FirstReservedSection = 0xff00; // SHN_LORESERVE
    private const byte Untyped = 0, Function = 2, IndirectFunction = 10; // STT_NOTYPE, STT_FUNC, STT_GNU_IFUNC

    /// <summary>The full table; without it what the file exports together with its MiniDebugInfo.</summary>
    public static SymbolTable Read(ElfFile elf)
    {
        var notes = new List<string>(elf.Notes);
        if (elf.Kind == ElfKind.Relocatable)
        {
            notes.Add("It is an object file: its addresses mean nothing before it is linked.");
            return Of(elf, SymbolSource.None, SymbolSet.None, notes);
        }
        if (Find(elf, ElfSectionType.Symtab) is { } full) return Of(elf, SymbolSource.Symtab, ReadSet(elf, full, notes), notes);
        var exported = Find(elf, ElfSectionType.Dynsym) is { } section ? ReadSet(elf, section, notes) : (SymbolSet?)null;
        if (elf.HasMiniDebugInfo && MiniDebugInfo.Read(elf, notes) is { Entries.Length: > 0 } mini)
            return Of(elf, SymbolSource.MiniDebugInfo, mini.With(exported ?? SymbolSet.None), notes);
        return Of(elf, exported is null ? SymbolSource.None : SymbolSource.Dynsym, exported ?? SymbolSet.None, notes);
    }

    /// <summary>The first section of that type with content, or null.</summary>
    public static ElfSection? Find(ElfFile elf, ElfSectionType type)
    {
        foreach (var section in elf.Sections)
        {
            if (section.Type == type && section.HasContent) return section;
        }
        return null;
    }

    /// <summary>The functions of a section of symbols; none, with a note, when it cannot be read.</summary>
    public static SymbolSet ReadSet(ElfFile elf, in ElfSection section, List<string> notes)
    {
        if (elf.ContentOf(section, elf.Limits.SymbolTableBytes, out var reason) is not { } table)
        {
            notes.Add(reason ?? $"Its symbol table has {section.Size} bytes; at most {elf.Limits.SymbolTableBytes} are read.");
            return SymbolSet.None;
        }
        if (Names(elf, section, out reason) is not { } names)
        {
            notes.Add(reason ?? "Its symbol table has no readable string table.");
            return SymbolSet.None;
        }
        return new SymbolSet(Functions(elf, table.Span, names.Span), names);
    }

    private static SymbolTable Of(ElfFile elf, SymbolSource source, SymbolSet set, List<string> notes)
    {
        var entries = SymbolAliases.KeepOne(set.Entries, set.Names.Span);
        return new SymbolTable(source, entries, SymbolRanges.Of(entries, elf), set.Names, elf.Limits.SymbolNameBytes, notes);
    }

    private static ReadOnlyMemory<byte>? Names(ElfFile elf, in ElfSection section, out string? reason)
    {
        reason = null;
        return section.Link < (uint)elf.Sections.Count && elf.Sections[(int)section.Link].Type == ElfSectionType.Strtab
            ? elf.ContentOf(elf.Sections[(int)section.Link], elf.Limits.StringTableBytes, out reason)
            : null;
    }

    private static SymbolEntry[] Functions(ElfFile elf, ReadOnlySpan<byte> table, ReadOnlySpan<byte> names)
    {
        var size = elf.Identity.SymbolBytes;
        var found = new List<SymbolEntry>();
        for (var at = 0; at <= table.Length - size; at += size)
        {
            if (Entry(elf, table.Slice(at, size)) is { } entry && IsName(names, entry)) found.Add(entry);
        }
        return [.. found];
    }

    /// <summary>A defined function, or a label in a section with code; else null.</summary>
    private static SymbolEntry? Entry(ElfFile elf, ReadOnlySpan<byte> symbol)
    {
        var fields = new ElfFields(symbol, elf.Identity);
        var is64 = elf.Is64;
        var info = symbol[is64 ? 4 : 12];
        var type = (byte)(info & 0xf);
        if (type is not (Untyped or Function or IndirectFunction)) return null;
        var section = fields.U16(is64 ? 6 : 14);
        if (section == 0) return null;
        var known = section < FirstReservedSection && section < elf.Sections.Count;
        var address = fields.Word(is64 ? 8 : 4);
        if (type == Untyped && !(known && IsLabel(elf.Sections[section], address))) return null;
        if (elf.Machine == ElfMachines.Arm && type != Untyped) address &= ~1UL; // bit 0 says Thumb, it is no part of the address
        return new SymbolEntry(address, fields.Word(is64 ? 16 : 8), fields.U32(0), known ? section : (ushort)0, Binding(info >> 4), type != Untyped);
    }

    /// <summary>Inside code; linkers put marks such as <c>_end</c> behind it with the number of the last section.</summary>
    private static bool IsLabel(in ElfSection section, ulong address) =>
        section.IsExecutable && address >= section.LinkAddress && address - section.LinkAddress < section.Size;

    private static SymbolBinding Binding(int bits) => bits switch
    {
        0 => SymbolBinding.Local,
        2 => SymbolBinding.Weak,
        _ => SymbolBinding.Global, // 1, and 10 = STB_GNU_UNIQUE
    };

    /// <summary>Not empty, and for labels no mapping symbol (<c>$x</c>, <c>$d.3</c>) and no assembler's own (<c>.L5</c>).</summary>
    private static bool IsName(ReadOnlySpan<byte> names, in SymbolEntry entry)
    {
        if (entry.Name == 0 || entry.Name >= (uint)names.Length || names[(int)entry.Name] == 0) return false;
        if (entry.IsFunction) return true;
        var start = ElfFields.StringAt(names, entry.Name, 2);
        return start[0] != (byte)'$' && !start.SequenceEqual(".L"u8);
    }
}
