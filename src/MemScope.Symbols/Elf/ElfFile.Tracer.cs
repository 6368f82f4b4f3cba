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

    /// <summary>
    /// How a tool meant all its numbers of this file: one build of it prints one kind, so that a number which fits both readings is read as most of the others are. Null where none is certain, or as
    /// many speak for either.
    /// </summary>
    /// <param name="printed">Numbers with the symbol and the bytes behind it, as printed.</param>
    /// <param name="symbols">Symbols of the debug file that belongs to this one, or null for this file's own.</param>
    public TracerOffsetKind? MostTracerOffsets(IEnumerable<(ulong Value, string? Symbol, ulong? Offset)> printed, SymbolTable? symbols = null)
    {
        if (!HasFileLayout) return null;
        var (offsets, addresses) = (0, 0);
        foreach (var (value, symbol, offset) in printed)
        {
            if (LinkAddressOf(value) == value || ResolveTracerOffset(value, symbol, offset, symbols) is not { IsCertain: true } read) continue;
            if (read.Kind == TracerOffsetKind.FileOffset) offsets++;
            else addresses++;
        }
        return offsets == addresses ? null : offsets > addresses ? TracerOffsetKind.FileOffset : TracerOffsetKind.LinkAddress;
    }

    /// <summary>Reads a number of which it is known how it was meant; null when it lies in no code then.</summary>
    public TracerAddress? ReadTracerOffset(ulong value, TracerOffsetKind kind) =>
        (kind == TracerOffsetKind.FileOffset ? LinkAddressOf(value) : value) is { } link && IsCode(link) ? new TracerAddress(link, kind, IsCertain: true) : null;

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
