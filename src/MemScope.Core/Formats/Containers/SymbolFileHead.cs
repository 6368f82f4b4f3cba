namespace MemScope.Core.Formats.Containers;

/// <summary>Programs, libraries and debug files among the members of an archive: they hold no capture, but the names for its addresses.</summary>
internal static class SymbolFileHead
{
    private const int ClassAndOrder = 5, TypeAt = 16, Core = 4;

    /// <summary>Whether a file is ELF and no core dump (elf(5): e_ident, e_type).</summary>
    public static bool Recognises(ReadOnlySpan<byte> head)
    {
        if (head.Length <= TypeAt + 1 || !head.StartsWith("\x7f"u8) || !head[1..].StartsWith("ELF"u8)) return false;
        const byte bigEndian = 2;
        return head[head[ClassAndOrder] == bigEndian ? TypeAt + 1 : TypeAt] != Core;
    }
}
