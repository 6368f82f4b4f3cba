using MemScope.Symbols.Elf;

namespace MemScope.Symbols.Tests.Elf;

/// <summary>Stripped files that carry their functions packed.</summary>
public sealed class MiniDebugInfoTests
{
    [NeedsToolFact("xz")]
    public void Every_frame_of_the_corpus_has_its_function_in_a_stripped_file_with_MiniDebugInfo()
    {
        var symbols = Fixture.Elf("elf/minidebug/raw_mmap_leak.mini").Symbols;
        Assert.Equal(SymbolSource.MiniDebugInfo, symbols.Source);
        Assert.Empty(symbols.Notes);
        Assert.All(KnownFrame.Of("raw-mmap-leak"), frame => Assert.Equal(frame.Physical, symbols.Lookup(frame.LookedUp)?.Name));
    }

    [NeedsToolFact("xz")]
    public void What_the_file_exports_is_merged_with_what_it_hides()
    {
        var exporting = ElfEdit.Retype(Fixture.Bytes("elf/made/libtiny.so"), (uint)ElfSectionType.Symtab, (uint)ElfSectionType.Progbits);
        Assert.Equal(SymbolSource.Dynsym, Elf(exporting).Symbols.Source);
        var inner = new ElfImage { CodeLink = 0x900_0000 };
        inner.Functions.Add(("hidden", 0x900_0000, 8));
        var merged = Elf(WithMini(exporting, inner.Write())).Symbols;
        Assert.Equal(SymbolSource.MiniDebugInfo, merged.Source);
        Assert.Equal(Elf(exporting).Symbols.All().Select(s => s.Name).Append("hidden"), merged.All().Select(s => s.Name));
        Assert.Equal("hidden", merged.Lookup(0x900_0004)?.Name);
    }

    [NeedsToolFact("xz")]
    public void A_full_symbol_table_is_preferred()
    {
        var image = new ElfImage();
        image.Functions.Add(("full", 0x1000, 8));
        var inner = new ElfImage();
        inner.Functions.Add(("packed", 0x1000, 8));
        Assert.Equal("full", Elf(WithMini(image.Write(), inner.Write())).Symbols.Lookup(0x1000)?.Name);
    }

    public static TheoryData<string, string> Unusable => new()
    {
        { "no xz", "xz refuses it" },
        { "cut", "xz refuses it" },
        { "empty", "xz refuses it" },
        { "text", "ELF" },
        { "other machine", "another machine" },
        { "no symbols", "no symbol table" },
        { "nested", "no symbol table" },
        { "bomb", "that much is not read" },
    };

    [NeedsToolTheory("xz")]
    [MemberData(nameof(Unusable))]
    public void What_cannot_be_used_is_told_and_exported_names_remain(string what, string note)
    {
        var stripped = Fixture.Bytes("elf/raw-mmap-leak/raw_mmap_leak.stripped");
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var symbols = Elf(ElfEdit.AddSection(stripped, ".gnu_debugdata", 1, 0, Packed(what, stripped))).Symbols;
        Assert.Equal(SymbolSource.Dynsym, symbols.Source);
        Assert.Contains(note, Assert.Single(symbols.Notes), StringComparison.Ordinal);
        Assert.Equal(Elf(stripped).Symbols.Count, symbols.Count);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), clock.Elapsed.ToString());
    }

    [NeedsToolFact("xz")]
    public void A_bomb_of_a_gibibyte_takes_no_more_memory_than_its_size_allows()
    {
        var bomb = ElfEdit.AddSection(Fixture.Bytes("elf/raw-mmap-leak/raw_mmap_leak.stripped"), ".gnu_debugdata", 1, 0, Packed("bomb", []));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.NotEmpty(Elf(bomb).Symbols.Notes);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4L * ElfLimits.Default.ExpansionRatio * bomb.Length);
    }

    private static byte[] Packed(string what, byte[] stripped)
    {
        var image = new ElfImage();
        image.Functions.Add(("f", 0x1000, 8));
        return what switch
        {
            "no xz" => "hello"u8.ToArray(),
            "cut" => Xz(image.Write())[..^20],
            "empty" => [0],
            "text" => Xz("hello"u8.ToArray()),
            "other machine" => Xz(new ElfImage { Is64 = false }.Write()),
            "no symbols" => Xz(stripped),
            "nested" => Xz(ElfEdit.AddSection(stripped, ".gnu_debugdata", 1, 0, Xz(image.Write()))),
            _ => [.. Enumerable.Repeat(ToolFilter.Run("xz", "-0c", ToolFilter.Zeros(16 << 20)), 64).SelectMany(b => b)], // xz streams may stand one behind the other
        };
    }

    private static byte[] WithMini(byte[] elf, byte[] inner) => ElfEdit.AddSection(elf, ".gnu_debugdata", 1, 0, Xz(inner));

    private static byte[] Xz(byte[] plain) => ToolFilter.Run("xz", "-c", new MemoryStream(plain));

    private static ElfFile Elf(byte[] bytes)
    {
        Assert.True(ElfFile.TryRead(bytes, out var elf, out var problem), problem?.Text);
        return elf;
    }
}
