using System.Globalization;
using MemScope.Symbols.Elf;

namespace MemScope.Symbols.Tests.Elf;

/// <summary>The number in brackets behind a frame of <c>strace -k</c>: a file offset or a link address.</summary>
public sealed class TracerOffsetTests
{
    private const ulong Answer = 0x212185, AnswerInFile = 0x185;

    [Theory]
    [InlineData(AnswerInFile + 4, TracerOffsetKind.FileOffset)]
    [InlineData(Answer + 4, TracerOffsetKind.LinkAddress)]
    public void The_reading_that_lies_in_code_is_taken(ulong value, TracerOffsetKind kind)
    {
        foreach (var (symbol, offset) in ((string?, ulong?)[])[("answer", 4), (null, null), ("other", 99)])
        {
            var address = Fixture.Elf("elf/made/tiny.shifted").ResolveTracerOffset(value, symbol, offset);
            Assert.Equal(new TracerAddress(Answer + 4, kind, IsCertain: true), address);
        }
    }

    [Fact]
    public void A_number_outside_the_code_is_not_resolved() => Assert.Null(Fixture.Elf("elf/made/tiny.shifted").ResolveTracerOffset(0x99999, "answer", 4));

    [Fact]
    public void A_debug_file_alone_places_a_link_address_by_the_symbol_before_it()
    {
        var address = Fixture.Elf("elf/made/tiny.shifted.debug").ResolveTracerOffset(Answer + 4, "answer", 4);
        Assert.Equal(new TracerAddress(Answer + 4, TracerOffsetKind.LinkAddress, IsCertain: true), address);
    }

    [Fact]
    public void A_debug_file_alone_places_a_file_offset_by_the_symbol_and_its_place_in_the_page()
    {
        var debug = Fixture.Elf("elf/made/tiny.shifted.debug");
        Assert.Equal(new TracerAddress(Answer + 4, TracerOffsetKind.FileOffset, IsCertain: true), debug.ResolveTracerOffset(AnswerInFile + 4, "answer", 4));
        Assert.Null(debug.ResolveTracerOffset(AnswerInFile + 5, "answer", 4));
        Assert.Null(debug.ResolveTracerOffset(AnswerInFile + 4, null, null));
    }

    [Fact]
    public void Where_both_readings_lie_in_code_the_printed_symbol_decides()
    {
        // Code of 0x3000 bytes at file offset 0x1000 and link address 0x2000: 0x2800 is code in both readings.
        var image = new ElfImage { Code = new byte[0x3000], CodeAt = 0x1000, CodeLink = 0x2000 };
        image.Functions.Add(("early", 0x2700, 0x200));
        image.Functions.Add(("late", 0x3720, 0x200));
        var elf = image.Read();
        Assert.Equal(new TracerAddress(0x2800, TracerOffsetKind.LinkAddress, IsCertain: true), elf.ResolveTracerOffset(0x2800, "early", 0x100));
        Assert.Equal(new TracerAddress(0x3810, TracerOffsetKind.FileOffset, IsCertain: true), elf.ResolveTracerOffset(0x2810, "late", 0xf0));
        Assert.Equal(new TracerAddress(0x3810, TracerOffsetKind.FileOffset, IsCertain: true), elf.ResolveTracerOffset(0x2810, "late demangled()", 0xf0));
        Assert.Equal(new TracerAddress(0x3810, TracerOffsetKind.FileOffset, IsCertain: false), elf.ResolveTracerOffset(0x2810, "exported", 0x999));
    }

    [Fact]
    public void A_number_that_fits_both_readings_is_read_as_most_of_the_module_are()
    {
        var image = new ElfImage { Code = new byte[0x3000], CodeAt = 0x1000, CodeLink = 0x2000 };
        image.Functions.Add(("early", 0x2700, 0x200));
        image.Functions.Add(("late", 0x3720, 0x200));
        var elf = image.Read();
        (ulong, string?, ulong?) asAddress = (0x2800, "early", 0x100), other = (0x27f0, "early", 0xf0), asOffset = (0x2810, "late", 0xf0), unclear = (0x2820, "exported", 0x999);

        Assert.Equal(TracerOffsetKind.LinkAddress, elf.MostTracerOffsets([asAddress, other, asOffset, unclear]));
        Assert.Equal(TracerOffsetKind.FileOffset, elf.MostTracerOffsets([asOffset, unclear]));
        Assert.Null(elf.MostTracerOffsets([asOffset, asAddress]));
        Assert.Null(elf.MostTracerOffsets([unclear]));
        Assert.Equal(0x2820ul, elf.ReadTracerOffset(0x2820, TracerOffsetKind.LinkAddress)?.LinkAddress);
        Assert.Equal(0x3820ul, elf.ReadTracerOffset(0x2820, TracerOffsetKind.FileOffset)?.LinkAddress);
        Assert.Null(elf.ReadTracerOffset(0x99999, TracerOffsetKind.LinkAddress));
    }

    [Theory]
    [InlineData("raw-mmap-leak", "raw_mmap_leak")]
    [InlineData("raw-mmap-leak", "raw_mmap_leak.debug")]
    [InlineData("raw-mmap-leak", "raw_mmap_leak.stripped")]
    [InlineData("malloc-leak-cpp", "malloc_leak.debug")]
    [InlineData("malloc-leak-cpp", "malloc_leak.stripped")]
    public void Every_frame_of_the_corpus_is_placed(string name, string file)
    {
        var elf = Fixture.Elf($"elf/{name}/{file}");
        var frames = KnownFrame.Of(name);
        Assert.NotEmpty(frames);
        foreach (var frame in frames)
        {
            var plus = frame.Printed.LastIndexOf("+0x", StringComparison.Ordinal);
            var offset = ulong.Parse(frame.Printed.AsSpan(plus + 3), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            Assert.Equal(frame.InStack, elf.ResolveTracerOffset(frame.InStack, frame.Printed[..plus], offset)?.LinkAddress);
        }
    }
}
