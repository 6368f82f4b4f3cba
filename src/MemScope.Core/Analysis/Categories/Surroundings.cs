namespace MemScope.Core.Analysis.Categories;

/// <summary>What a mapping is part of beyond its own line.</summary>
[Flags]
internal enum Surroundings : ushort
{
    /// <summary>Nothing in particular.</summary>
    None = 0,
    /// <summary><c>arena</c>: inside a 64 MiB aligned run of anonymous memory that ends in a reserve at a 64 MiB boundary.</summary>
    Arena = 1,
    /// <summary><c>whole-heap</c>: writable memory from one 64 MiB boundary to another, where the process has such runs.</summary>
    WholeHeap = 2,
    /// <summary><c>guard</c>: small, without access, directly below writable anonymous memory.</summary>
    Guard = 4,
    /// <summary><c>above-guard</c>: writable anonymous memory directly above a guard.</summary>
    AboveGuard = 8,
    /// <summary><c>equal</c>: at least eight mappings of this size lie above guards of one size.</summary>
    Equal = 16,
    /// <summary><c>library</c>: of a file that is also mapped executable: a program or library.</summary>
    Library = 32,
    /// <summary><c>bss</c>: anonymous memory directly above the writable data of a program or library.</summary>
    Bss = 64,
    /// <summary><c>relro</c>: read-only part of a program or library directly below its writable data, written once by the loader.</summary>
    Relro = 128,
    /// <summary><c>first-above-program</c>: the first writable anonymous mapping above the program, in a text that never names the heap.</summary>
    FirstAboveProgram = 256,
    /// <summary><c>vdso</c>: laid out like the vdso above its data pages, in a text that never names it.</summary>
    Vdso = 512,
}

/// <summary>How the file of rules calls <see cref="Surroundings"/>.</summary>
internal static class Layouts
{
    private static readonly string[] Words = ["arena", "whole-heap", "guard", "above-guard", "equal", "library", "bss", "relro", "first-above-program", "vdso"];

    /// <summary>The word's flag.</summary>
    /// <exception cref="FormatException">There is no such word.</exception>
    public static Surroundings Parse(string word) =>
        Array.IndexOf(Words, word) is >= 0 and var i ? (Surroundings)(1 << i) : throw new FormatException($"known are {string.Join(", ", Words)}");
}
