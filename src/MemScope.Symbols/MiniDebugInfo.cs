using MemScope.Symbols.Elf;

namespace MemScope.Symbols;

/// <summary>
/// The symbol table that Fedora and RHEL leave in stripped files: <c>.gnu_debugdata</c> holds an xz-compressed ELF file with nothing but a <c>.symtab</c> of the functions that
/// <c>.dynsym</c> lacks (gdb manual, "MiniDebugInfo"). What that file holds besides is not looked at, a further one inside it least of all.
/// </summary>
internal static class MiniDebugInfo
{
    /// <summary>Its functions; none, with a note, when it cannot be read.</summary>
    public static SymbolSet Read(ElfFile elf, List<string> notes)
    {
        if (elf.ContentOf(".gnu_debugdata", elf.Limits.MiniDebugPackedBytes) is not { } packed) return Unread($"it has more than {elf.Limits.MiniDebugPackedBytes} bytes.");
        if (ElfCompression.UnpackXz(packed, elf.Limits.MiniDebugBytes, elf.Limits, out var reason) is not { } plain) return Unread(reason ?? "");
        if (!ElfFile.TryRead(plain, out var inner, out var problem, elf.Limits)) return Unread(problem.Text);
        if (inner.Identity != elf.Identity || inner.Machine != elf.Machine) return Unread("it was made for another machine.");
        return SymbolTableReader.Find(inner, ElfSectionType.Symtab) is { } section
            ? InSectionsOf(elf, inner, SymbolTableReader.ReadSet(inner, section, notes))
            : Unread("it holds no symbol table.");

        SymbolSet Unread(string why)
        {
            notes.Add($"Its compressed symbol table (.gnu_debugdata) is not used: {why}");
            return SymbolSet.None;
        }
    }

    /// <summary>A symbol without size ends with its section at the latest: sections are numbered anew, by their place in memory.</summary>
    private static SymbolSet InSectionsOf(ElfFile elf, ElfFile inner, SymbolSet set)
    {
        var numbers = new Dictionary<(ulong, ulong), ushort>();
        for (var i = elf.Sections.Count - 1; i > 0; i--)
        {
            if (elf.Sections[i] is { IsExecutable: true } section) numbers[(section.LinkAddress, section.Size)] = (ushort)i;
        }
        var entries = set.Entries;
        for (var i = 0; i < entries.Length; i++)
        {
            if (entries[i].Section == 0) continue;
            var section = inner.Sections[entries[i].Section];
            entries[i] = entries[i] with { Section = numbers.GetValueOrDefault((section.LinkAddress, section.Size)) };
        }
        return set;
    }
}
