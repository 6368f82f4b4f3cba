using MemScope.Symbols.Elf;

namespace MemScope.Symbols;

/// <summary>What this program reads of symbol files, as a number.</summary>
public static class SymbolReader
{
    /// <summary>
    /// Version of <see cref="ElfFile"/> and <see cref="SymbolTable"/>. Raise it when a file that was refused may be taken now, or when more names are read of one: files are judged afresh, and
    /// refusals of another version no longer count.
    /// </summary>
    public const int Version = 1;
}
