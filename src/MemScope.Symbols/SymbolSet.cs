namespace MemScope.Symbols;

/// <summary>Functions of one section of symbols, in its order, with the strings that they name.</summary>
/// <param name="Entries">The functions.</param>
/// <param name="Names">The string table.</param>
internal readonly record struct SymbolSet(SymbolEntry[] Entries, ReadOnlyMemory<byte> Names)
{
    /// <summary>No functions.</summary>
    public static SymbolSet None { get; } = new([], default);

    /// <summary>The functions of both. Their string tables stand one behind the other, a NUL between, since the first need not end in one.</summary>
    public SymbolSet With(SymbolSet other)
    {
        if (other.Entries.Length == 0) return this;
        if (Entries.Length == 0) return other;
        var behind = Names.Length + 1;
        var names = new byte[behind + other.Names.Length];
        Names.CopyTo(names);
        other.Names.CopyTo(names.AsMemory(behind));
        return new SymbolSet([.. Entries, .. other.Entries.Select(e => e with { Name = e.Name + (uint)behind })], names);
    }
}
