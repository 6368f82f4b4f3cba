namespace MemScope.Storage.Symbols;

/// <summary>How good the names of a symbol file are; a higher one is preferred. The numbers are stored.</summary>
public enum SymbolQuality : short
{
    /// <summary>Nobody has looked: a row from before this was kept.</summary>
    Unknown = 0,
    /// <summary>No names; it may still say how file offsets become link addresses.</summary>
    None = 1,
    /// <summary>What the file exports (.dynsym): the name may be missing, or that of a neighbour.</summary>
    Exported = 2,
    /// <summary>The compressed symbol table of distributions (.gnu_debugdata) beside .dynsym: functions without source lines.</summary>
    Mini = 3,
    /// <summary>All functions (.symtab), without source lines.</summary>
    Functions = 4,
    /// <summary>Functions, source lines and inlined calls (DWARF).</summary>
    Lines = 5,
}

/// <summary>What came of asking the debuginfod servers for a file. The numbers are stored.</summary>
public enum DebuginfodOutcome : short
{
    /// <summary>It was fetched and stored.</summary>
    Stored = 0,
    /// <summary>No server has it (404).</summary>
    Missing = 1,
    /// <summary>A server sent something else than what was asked for.</summary>
    Wrong = 2,
    /// <summary>It is larger than is taken.</summary>
    TooLarge = 3,
    /// <summary>No server answered in time, or all answered with an error.</summary>
    Failed = 4,
    /// <summary>The address of the server may not be asked.</summary>
    Forbidden = 5,
}
