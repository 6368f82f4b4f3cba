namespace MemScope.Symbols;

/// <summary>Why an address has no name.</summary>
public enum SymbolMiss : byte
{
    /// <summary>No mapping covered the address.</summary>
    Unmapped,
    /// <summary>A mapping covered it, but no file is behind it (generated code, anonymous memory) or none was named.</summary>
    NoModule,
    /// <summary>The module is known, but no file with its symbols is here, or that file has none.</summary>
    NoSymbols,
    /// <summary>There are symbols, but none covers the address.</summary>
    UnknownAddress,
    /// <summary>The symbol file is damaged, or reading it brought the reader down.</summary>
    Malformed,
    /// <summary>The symbol file is of a kind that is not read.</summary>
    Unsupported,
}

/// <summary>Names of <see cref="SymbolMiss"/> on the wire.</summary>
public static class SymbolMisses
{
    /// <summary>The stable name: <c>unmapped</c>, <c>no-module</c>, <c>no-symbols</c>, <c>unknown-address</c>, <c>malformed</c>, <c>unsupported</c>.</summary>
    public static string Slug(this SymbolMiss miss) => miss switch
    {
        SymbolMiss.Unmapped => "unmapped",
        SymbolMiss.NoModule => "no-module",
        SymbolMiss.NoSymbols => "no-symbols",
        SymbolMiss.UnknownAddress => "unknown-address",
        SymbolMiss.Malformed => "malformed",
        _ => "unsupported",
    };
}
