namespace MemScope.Symbols.Elf;

/// <summary>Types of program headers that matter here (elf.h, PT_*).</summary>
public enum ElfSegmentType : uint
{
    /// <summary>Mapped into memory.</summary>
    Load = 1,
    /// <summary>The dynamic table.</summary>
    Dynamic = 2,
    /// <summary>Path of the program interpreter.</summary>
    Interpreter = 3,
    /// <summary>Notes.</summary>
    Note = 4,
}

/// <summary>A program header. Sizes and offsets in bytes, as the file states them and not checked against its length.</summary>
/// <param name="Type">p_type.</param>
/// <param name="Flags">p_flags: 1 execute, 2 write, 4 read.</param>
/// <param name="FileOffset">p_offset.</param>
/// <param name="LinkAddress">p_vaddr.</param>
/// <param name="FileBytes">p_filesz.</param>
/// <param name="MemoryBytes">p_memsz.</param>
/// <param name="Alignment">p_align.</param>
public readonly record struct ElfSegment(
    ElfSegmentType Type, uint Flags, ulong FileOffset, ulong LinkAddress, ulong FileBytes, ulong MemoryBytes, ulong Alignment)
{
    private const ulong SmallestPage = 4096;
    private const ulong LargestPage = 64 << 10;

    /// <summary>Whether the kernel maps it executable.</summary>
    public bool IsExecutable => (Flags & 1) != 0;

    /// <summary>Whether the link address lies in its memory.</summary>
    public bool ContainsLinkAddress(ulong address) => address >= LinkAddress && address - LinkAddress < MemoryBytes;

    /// <summary>The page that its mapping may be rounded to: the alignment up to 64 KiB (arm64, ppc64), at least 4 KiB.</summary>
    internal ulong Page => Alignment is > SmallestPage and <= LargestPage && ulong.IsPow2(Alignment) ? Alignment : SmallestPage;

    /// <summary>Whether the file offset lies in its bytes, widened on both sides to multiples of <paramref name="page"/> (1: not at all).</summary>
    internal bool ContainsFileOffset(ulong offset, ulong page)
    {
        if (FileBytes == 0) return false;
        var start = FileOffset & ~(page - 1);
        var length = FileOffset - start + FileBytes;
        if (length < FileBytes) return false;
        var rounded = (length + page - 1) & ~(page - 1);
        return offset >= start && offset - start < Math.Max(length, rounded);
    }
}
