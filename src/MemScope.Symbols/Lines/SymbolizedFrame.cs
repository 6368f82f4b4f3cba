namespace MemScope.Symbols.Lines;

/// <summary>One level of an address: the function that holds the code, or one that was inlined into it.</summary>
/// <param name="Function">Readable name, or null when not known; text from the file.</param>
/// <param name="File">Source file as the compiler wrote it, or null; text from the file, never to be opened.</param>
/// <param name="Line">Line in <paramref name="File"/> from 1, or null.</param>
/// <param name="Inlined">Whether it was inlined into the next frame.</param>
public sealed record SymbolizedFrame(string? Function, string? File, int? Line, bool Inlined);

/// <summary>What is known of an address.</summary>
/// <param name="Frames">Innermost first; empty when nothing is known.</param>
/// <param name="Miss">Why nothing is known, or null.</param>
/// <param name="Reason">The same as a sentence, or null.</param>
public sealed record Symbolization(IReadOnlyList<SymbolizedFrame> Frames, SymbolMiss? Miss, string? Reason)
{
    internal static Symbolization Of(SymbolMiss miss, string reason) => new([], miss, reason);
}
