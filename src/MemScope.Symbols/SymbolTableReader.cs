using MemScope.Symbols.Elf;

namespace MemScope.Symbols;

/// <summary>Reads the symbols of an ELF file: pick the table, keep code, choose among aliases, give sizes to those without.</summary>
internal static class SymbolTableReader
{
    private const ushort FirstReservedSection = 0xff00; // SHN_LORESERVE
    private const byte Untyped = 0, Function = 2, IndirectFunction = 10; // STT_NOTYPE, STT_FUNC, STT_GNU_IFUNC

    public static SymbolTable Read(ElfFile elf)
    {
        var notes = new List<string>();
        if (elf.Kind == ElfKind.Relocatable) notes.Add("It is an object file: its addresses mean nothing before it is linked.");
        else if (Choose(elf) is { } section) return Read(elf, section, notes);
        if (elf.HasMiniDebugInfo) notes.Add("It has a compressed symbol table (.gnu_debugdata), which is not read yet.");
        return new SymbolTable(SymbolSource.None, [], [], default, 0, notes);
    }

    private static ElfSection? Choose(ElfFile elf)
    {
        foreach (var type in (ReadOnlySpan<ElfSectionType>)[ElfSectionType.Symtab, ElfSectionType.Dynsym])
        {
            foreach (var section in elf.Sections)
            {
                if (section.Type == type && section.HasContent) return section;
            }
        }
        return null;
    }

    private static SymbolTable Read(ElfFile elf, in ElfSection section, List<string> notes)
    {
        var source = section.Type == ElfSectionType.Symtab ? SymbolSource.Symtab : SymbolSource.Dynsym;
        if (source == SymbolSource.Dynsym && elf.HasMiniDebugInfo)
            notes.Add("It has a compressed symbol table (.gnu_debugdata), which is not read yet: names are those of exported functions only.");
        if (elf.ContentOf(section, elf.Limits.SymbolTableBytes) is not { } table)
        {
            notes.Add($"Its symbol table has {section.Size} bytes; at most {elf.Limits.SymbolTableBytes} are read.");
            return new SymbolTable(source, [], [], default, 0, notes);
        }
        if (Names(elf, section) is not { } names)
        {
            notes.Add("Its symbol table has no readable string table.");
            return new SymbolTable(source, [], [], default, 0, notes);
        }
        var entries = SymbolAliases.KeepOne(Functions(elf, table.Span, names.Span), names.Span);
        var ranges = SymbolRanges.Of(entries, elf);
        return new SymbolTable(source, entries, ranges, names, elf.Limits.SymbolNameBytes, notes);
    }

    private static ReadOnlyMemory<byte>? Names(ElfFile elf, in ElfSection section) =>
        section.Link < (uint)elf.Sections.Count && elf.Sections[(int)section.Link].Type == ElfSectionType.Strtab
            ? elf.ContentOf(elf.Sections[(int)section.Link], elf.Limits.StringTableBytes)
            : null;

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
