using MemScope.Symbols.Elf;
using MemScope.Symbols.Tests.Elf;

namespace MemScope.Symbols.Tests;

public sealed class SymbolTableTests
{
    private const byte Label = 0x10, LocalLabel = 0x00, LocalFunction = 0x02, GlobalFunction = 0x12, WeakFunction = 0x22, IndirectFunction = 0x1a, GlobalObject = 0x11;

    [Theory]
    [InlineData("raw_mmap_leak")]
    [InlineData("raw_mmap_leak.debug")]
    public void Every_frame_of_the_corpus_has_its_function(string file)
    {
        var symbols = Fixture.Elf("elf/raw-mmap-leak/" + file).Symbols;
        Assert.Equal(SymbolSource.Symtab, symbols.Source);
        foreach (var frame in KnownFrame.Of("raw-mmap-leak")) Assert.Equal(frame.Physical, symbols.Lookup(frame.LookedUp)?.Name);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public void All_classes_and_byte_orders_are_read(bool is64, bool isBigEndian)
    {
        var image = new ElfImage { Is64 = is64, IsBigEndian = isBigEndian };
        image.Functions.Add(("first", 0x1010, 0x20));
        image.Functions.Add(("second", 0x1040, 0x10));
        var elf = image.Read();
        Assert.Equal((is64, isBigEndian), (elf.Is64, elf.IsBigEndian));
        Assert.Equal(new Symbol("first", 0x1010, 0x20, SymbolBinding.Global), elf.Symbols.Lookup(0x102f));
        Assert.Equal("second", elf.Symbols.Lookup(0x1040)?.Name);
    }

    [Fact]
    public void An_address_between_functions_has_no_name()
    {
        var image = new ElfImage();
        image.Functions.Add(("first", 0x1010, 0x20));
        image.Functions.Add(("second", 0x1040, 0x10));
        var symbols = image.Read().Symbols;
        foreach (var address in (ulong[])[0, 0x100f, 0x1030, 0x103f, 0x1050, ulong.MaxValue]) Assert.Null(symbols.Lookup(address));
        Assert.Equal(SymbolMiss.UnknownAddress, symbols.Miss);
        Assert.Equal(SymbolMiss.NoSymbols, new ElfImage().Read().Symbols.Miss);
    }

    [Fact]
    public void Of_aliases_a_global_name_wins_then_a_weak_one_then_the_shortest()
    {
        var image = new ElfImage();
        image.Symbols.Add(("l", 0x1000, 8, LocalFunction, 1));
        image.Symbols.Add(("weak", 0x1000, 8, WeakFunction, 1));
        image.Symbols.Add(("global_long", 0x1000, 8, GlobalFunction, 1));
        image.Symbols.Add(("global", 0x1000, 8, GlobalFunction, 1));
        image.Symbols.Add(("a", 0x1000, 8, Label, 1));
        image.Symbols.Add(("local", 0x1010, 8, LocalFunction, 1));
        image.Symbols.Add(("weakest", 0x1010, 8, WeakFunction, 1));
        var symbols = image.Read().Symbols;
        Assert.Equal("global", symbols.Lookup(0x1000)?.Name);
        Assert.Equal("weakest", symbols.Lookup(0x1010)?.Name);
        Assert.Equal(2, symbols.Count);
    }

    [Fact]
    public void The_choice_among_aliases_does_not_depend_on_their_order()
    {
        string? first = null;
        foreach (var order in (string[][])[["bb", "aa", "ab"], ["ab", "bb", "aa"], ["aa", "ab", "bb"]])
        {
            var image = new ElfImage();
            image.Functions.AddRange(order.Select(n => (n, 0x1000UL, 8UL)));
            first ??= image.Read().Symbols.Lookup(0x1000)?.Name;
            Assert.Equal(first, image.Read().Symbols.Lookup(0x1000)?.Name);
        }
        Assert.Equal("aa", first);
    }

    [Fact]
    public void A_symbol_without_size_reaches_to_the_next_one_and_at_most_to_the_end_of_its_section()
    {
        var image = new ElfImage { Code = new byte[0x100] };
        image.Symbols.Add(("start", 0x1000, 0, Label, 1));
        image.Symbols.Add(("sized", 0x1020, 0x10, GlobalFunction, 1));
        image.Symbols.Add(("inside", 0x1028, 0, LocalLabel, 1));
        image.Symbols.Add(("last", 0x1080, 0, GlobalFunction, 1));
        var symbols = image.Read().Symbols;
        Assert.Equal("start", symbols.Lookup(0x101f)?.Name);
        Assert.Equal("sized", symbols.Lookup(0x1028)?.Name);
        Assert.Null(symbols.Lookup(0x1030));
        Assert.Equal("last", symbols.Lookup(0x10ff)?.Name);
        Assert.Null(symbols.Lookup(0x1100));
    }

    [Fact]
    public void Of_functions_that_overlap_the_one_that_begins_last_has_the_address()
    {
        var image = new ElfImage();
        image.Functions.Add(("outer", 0x1000, 0x100));
        image.Functions.Add(("inner", 0x1010, 0x10));
        image.Functions.Add(("innermost", 0x1014, 0x4));
        image.Functions.Add(("over_the_end", 0x10f0, 0x20));
        var symbols = image.Read().Symbols;
        Assert.Equal(
            ["outer", "inner", "innermost", "inner", "outer", "over_the_end", "over_the_end"],
            ((ulong[])[0x100f, 0x1010, 0x1017, 0x1018, 0x1020, 0x10f0, 0x110f]).Select(a => symbols.Lookup(a)?.Name));
        Assert.Null(symbols.Lookup(0x1110));
    }

    [Fact]
    public void Only_code_is_kept()
    {
        var image = new ElfImage();
        image.Symbols.Add(("object", 0x1000, 8, GlobalObject, 1));
        image.Symbols.Add(("undefined", 0x1000, 8, GlobalFunction, 0));
        image.Symbols.Add(("$x", 0x1000, 0, LocalLabel, 1));
        image.Symbols.Add((".L1", 0x1004, 0, LocalLabel, 1));
        image.Symbols.Add(("", 0x1008, 8, GlobalFunction, 1));
        image.Symbols.Add(("_end", 0x2000, 0, Label, 1));
        image.Symbols.Add(("in_notes", 0, 0, Label, 2));
        image.Symbols.Add(("resolver", 0x1010, 8, IndirectFunction, 1));
        Assert.Equal(["resolver"], image.Read().Symbols.All().Select(s => s.Name));
    }

    [Fact]
    public void The_Thumb_bit_of_arm_is_no_part_of_the_address()
    {
        var image = new ElfImage { Is64 = false, Machine = 40 };
        image.Functions.Add(("thumb", 0x1011, 4));
        Assert.Equal(0x1010UL, image.Read().Symbols.Lookup(0x1010)?.Address);
    }

    [Fact]
    public void A_stripped_program_has_only_what_it_exports()
    {
        var stripped = Fixture.Elf("elf/raw-mmap-leak/raw_mmap_leak.stripped").Symbols;
        Assert.Equal(SymbolSource.Dynsym, stripped.Source);
        Assert.Null(stripped.Lookup(0x18c3));
        Assert.Equal(["answer", "_start"], Fixture.Elf("elf/made/libtiny.so").Symbols.All().Select(s => s.Name).Where(n => n is "answer" or "_start").OrderDescending());
    }

    [Fact]
    public void An_object_file_has_no_addresses_to_look_up()
    {
        var image = new ElfImage { Type = 1 };
        image.Functions.Add(("f", 0x1000, 8));
        var elf = image.Read();
        Assert.Equal(ElfKind.Relocatable, elf.Kind);
        Assert.Equal(0, elf.Symbols.Count);
        Assert.Single(elf.Symbols.Notes);
    }
}
