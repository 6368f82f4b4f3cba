namespace MemScope.Symbols;

/// <summary>How visible a symbol is to the linker (elf.h, STB_*).</summary>
public enum SymbolBinding : byte
{
    /// <summary>Only in its object file.</summary>
    Local,
    /// <summary>Everywhere, unless a global one replaces it.</summary>
    Weak,
    /// <summary>Everywhere.</summary>
    Global,
}

/// <summary>A function, or a label in assembly code.</summary>
/// <param name="Name">Name as the file has it, mangled; text from the file.</param>
/// <param name="Address">Link address of its first byte.</param>
/// <param name="Size">Bytes; where the file states none, up to the next symbol or the section's end.</param>
/// <param name="Binding">Visibility.</param>
public sealed record Symbol(string Name, ulong Address, ulong Size, SymbolBinding Binding);

/// <summary>Which table of the file the symbols come from.</summary>
public enum SymbolSource : byte
{
    /// <summary>Neither is there.</summary>
    None,
    /// <summary>The full table.</summary>
    Symtab,
    /// <summary>Only what the file exports and imports: a name may be the nearest exported one.</summary>
    Dynsym,
    /// <summary>What it exports and imports, and the rest from the compressed table of a stripped file (.gnu_debugdata).</summary>
    MiniDebugInfo,
}
