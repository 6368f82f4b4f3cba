namespace MemScope.Symbols.Elf;

/// <summary>What the reader of an uploaded ELF file will spend at most. A file that asks for more is <see cref="ElfProblemKind.TooLarge"/>.</summary>
public sealed record ElfLimits
{
    /// <summary>The defaults; real files stay far below them.</summary>
    public static ElfLimits Default { get; } = new();

    /// <summary>Program headers.</summary>
    public int Segments { get; init; } = 1024;

    /// <summary>Section headers.</summary>
    public int Sections { get; init; } = 16_384;

    /// <summary>Bytes of a section's name; a longer one is cut.</summary>
    public int SectionNameBytes { get; init; } = 256;

    /// <summary>Bytes of notes looked through for the build id, over all note sections and segments.</summary>
    public int NoteBytes { get; init; } = 1 << 20;

    /// <summary>Bytes of the section names' string table.</summary>
    public int SectionNameTableBytes { get; init; } = 8 << 20;

    /// <summary>Bytes of the dynamic table.</summary>
    public int DynamicBytes { get; init; } = 1 << 20;

    /// <summary>Bytes of a symbol table: 16 M symbols of 24 bytes.</summary>
    public int SymbolTableBytes { get; init; } = 16 * 1024 * 1024 * 24;

    /// <summary>Bytes of the symbols' string table.</summary>
    public int StringTableBytes { get; init; } = 768 << 20;

    /// <summary>Bytes of a symbol's name; a longer one is cut.</summary>
    public int SymbolNameBytes { get; init; } = 64 << 10;

    /// <summary>Bytes of a compressed symbol table (.gnu_debugdata) in the file.</summary>
    public int MiniDebugPackedBytes { get; init; } = 64 << 20;

    /// <summary>Bytes of the ELF file that unpacks from it; that of a large browser has some 30 MiB.</summary>
    public int MiniDebugBytes { get; init; } = 256 << 20;

    /// <summary>Times its packed size that a compressed section may unpack to, above <see cref="ExpansionFloorBytes"/>; tables of symbols and strings stay below 20.</summary>
    public int ExpansionRatio { get; init; } = 64;

    /// <summary>Bytes that any compressed section may unpack to.</summary>
    public int ExpansionFloorBytes { get; init; } = 1 << 20;
}
