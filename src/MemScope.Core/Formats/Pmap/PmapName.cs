using System.Text;
using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Pmap;

/// <summary>The words in the mapping column that are pmap's own. They carry two more blanks in front than a file of that name would.</summary>
internal static class PmapName
{
    /// <summary>"  [ anon ]" and "  [ stack ]" in every translation that procps 4.0.2 has (po/*.po); most leave them as they are.</summary>
    private static readonly byte[][] Anonymous = [.. new[] { "anon", "анон", "anôn", "vô danh" }.Select(Encoding.UTF8.GetBytes)],
        Stack = [.. new[] { "stack", "pila", "pile", "pilha", "stivă", "stos", "стек", "ngăn xếp" }.Select(Encoding.UTF8.GetBytes)];

    /// <summary>
    /// The name as maps would have it: <c>  [ anon ]</c> is none, <c>  [ stack ]</c> is <c>[stack]</c>, and toybox's <c>  [vdso]</c> is the kernel's own. <c>  [ shmid=0x338021 ]</c> stands
    /// for a path that pmap does not print; it stays, and the number becomes the inode, as in maps. Words of a translation that is not known stay as they are.
    /// </summary>
    public static ReadOnlySpan<byte> Read(ReadOnlySpan<byte> mapping, ref ulong inode)
    {
        if (!mapping.StartsWith("  ["u8) || !mapping.EndsWith("]"u8)) return mapping;
        var word = mapping.TrimStart((byte)' ');
        var inside = word[1..^1].Trim((byte)' ');
        if (Holds(Anonymous, inside)) return default;
        if (Holds(Stack, inside)) return "[stack]"u8;
        var cursor = new ByteCursor(word);
        if (cursor.TrySkip("[ shmid=0x"u8) && cursor.TryHex(out var id)) inode = id;
        return word;
    }

    private static bool Holds(byte[][] words, ReadOnlySpan<byte> word)
    {
        foreach (var known in words)
            if (word.SequenceEqual(known)) return true;
        return false;
    }
}
