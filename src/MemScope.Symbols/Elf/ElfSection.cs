namespace MemScope.Symbols.Elf;

/// <summary>Types of sections that matter here (elf.h, SHT_*).</summary>
public enum ElfSectionType : uint
{
    /// <summary>Unused entry.</summary>
    Null = 0,
    /// <summary>Content with a meaning of the program's.</summary>
    Progbits = 1,
    /// <summary>Full symbol table.</summary>
    Symtab = 2,
    /// <summary>Strings.</summary>
    Strtab = 3,
    /// <summary>The dynamic table.</summary>
    Dynamic = 6,
    /// <summary>Notes.</summary>
    Note = 7,
    /// <summary>Takes no bytes in the file.</summary>
    Nobits = 8,
    /// <summary>Symbols for dynamic linking.</summary>
    Dynsym = 11,
}

/// <summary>A section header. Content of every section of a read file lies inside the file.</summary>
/// <param name="Name">Its name, cut at <see cref="ElfLimits.SectionNameBytes"/>; text from the file.</param>
/// <param name="Type">sh_type.</param>
/// <param name="Flags">sh_flags: 1 write, 2 takes memory, 4 execute, 0x800 compressed.</param>
/// <param name="LinkAddress">sh_addr.</param>
/// <param name="FileOffset">sh_offset.</param>
/// <param name="Size">sh_size in bytes.</param>
/// <param name="Link">sh_link: of a symbol table its string table.</param>
/// <param name="Alignment">sh_addralign.</param>
/// <param name="EntrySize">sh_entsize in bytes.</param>
public readonly record struct ElfSection(
    string Name, ElfSectionType Type, ulong Flags, ulong LinkAddress, ulong FileOffset, ulong Size, uint Link, ulong Alignment, ulong EntrySize)
{
    /// <summary>Whether it takes memory in the process.</summary>
    public bool IsAllocated => (Flags & 2) != 0;

    /// <summary>Whether it holds code.</summary>
    public bool IsExecutable => (Flags & 4) != 0;

    /// <summary>Whether its content begins with a compression header.</summary>
    public bool IsCompressed => (Flags & ElfCompression.CompressedFlag) != 0;

    /// <summary>Whether it has bytes in the file.</summary>
    public bool HasContent => Type is not (ElfSectionType.Null or ElfSectionType.Nobits) && Size > 0;
}
