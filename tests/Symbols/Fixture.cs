using System.Runtime.CompilerServices;
using MemScope.Symbols.Elf;

namespace MemScope.Symbols.Tests;

/// <summary>Files below tests/fixtures.</summary>
internal static class Fixture
{
    /// <summary>The path of a file: <c>elf/raw-mmap-leak/raw_mmap_leak.debug</c>.</summary>
    public static string PathOf(string name) => Path.GetFullPath(Path.Combine(Folder(), name));

    /// <summary>Its bytes.</summary>
    public static byte[] Bytes(string name) => File.ReadAllBytes(PathOf(name));

    /// <summary>An ELF file, read from memory.</summary>
    public static ElfFile Elf(string name)
    {
        Assert.True(ElfFile.TryRead(Bytes(name), out var elf, out var problem), problem?.Text);
        return elf;
    }

    /// <summary>All ELF files that are read without a tool, by name below tests/fixtures.</summary>
    public static IReadOnlyList<string> ElfNames { get; } =
    [
        .. Directory.EnumerateFiles(PathOf("elf"), "*", SearchOption.AllDirectories)
            .Where(f => !f.EndsWith(".mini", StringComparison.Ordinal) && File.ReadAllBytes(f).AsSpan().StartsWith("\u007fELF"u8))
            .Select(f => Path.GetRelativePath(PathOf(""), f)).Order(StringComparer.Ordinal),
    ];

    private static string Folder([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "fixtures");
}
