namespace MemScope.Symbols.Elf;

public sealed partial class ElfFile
{
    private const int NotCode = 0, InCode = 1, SymbolBegins = 2, SymbolNamed = 3;
    private const ulong PageMask = 4095;

    /// <summary>
    /// Reads the number that <c>strace -k</c> prints in brackets: a file offset or a link address, by the library it was built with; they differ where
    /// p_vaddr != p_offset. Preferred is the reading that lies in code and where a symbol begins the printed offset before it. Null when neither lies in code.
    /// </summary>
    /// <param name="value">The number in brackets.</param>
    /// <param name="printedSymbol">Symbol as printed (perhaps demangled, perhaps the nearest exported one), or null.</param>
    /// <param name="printedOffset">Bytes behind it as printed, or null.</param>
    /// <param name="symbols">Symbols of the debug file that belongs to this one, or null for this file's own.</param>
    public TracerAddress? ResolveTracerOffset(ulong value, string? printedSymbol, ulong? printedOffset, SymbolTable? symbols = null)
    {
        symbols ??= Symbols;
        var mapped = LinkAddressOf(value) ?? 0;
        var asOffset = Agreement(mapped, printedSymbol, printedOffset, symbols);
        var asAddress = Agreement(value, printedSymbol, printedOffset, symbols);
        if (!HasFileLayout && asAddress < SymbolBegins && FindByName(value, printedSymbol, printedOffset, symbols) is { } named) return named;
        if (asOffset == NotCode && asAddress == NotCode) return null;
        return asOffset >= asAddress
            ? new TracerAddress(mapped, TracerOffsetKind.FileOffset, asOffset > asAddress || mapped == value)
            : new TracerAddress(value, TracerOffsetKind.LinkAddress, asAddress > InCode || HasFileLayout);
    }

    private int Agreement(ulong link, string? printedSymbol, ulong? printedOffset, SymbolTable symbols)
    {
        if (!IsCode(link)) return NotCode;
        if (printedOffset is not { } offset || offset > link || symbols.StartingAt(link - offset) is not { } symbol) return InCode;
        return string.Equals(symbol.Name, printedSymbol, StringComparison.Ordinal) ? SymbolNamed : SymbolBegins;
    }

    /// <summary>
    /// A debug file of objcopy has lost the file offsets, but a mapping keeps the place inside a page: the one symbol of that name whose sum fits it is meant.
    /// </summary>
    private TracerAddress? FindByName(ulong value, string? printedSymbol, ulong? printedOffset, SymbolTable symbols)
    {
        if (printedSymbol is null || printedOffset is not { } offset) return null;
        TracerAddress? found = null;
        foreach (var symbol in symbols.All())
        {
            var link = unchecked(symbol.Address + offset);
            if (((link ^ value) & PageMask) != 0 || !IsCode(link) || !string.Equals(symbol.Name, printedSymbol, StringComparison.Ordinal)) continue;
            if (found is not null) return null;
            found = new TracerAddress(link, TracerOffsetKind.FileOffset, IsCertain: true);
        }
        return found;
    }
}
