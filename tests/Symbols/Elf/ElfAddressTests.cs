using MemScope.Symbols.Elf;

namespace MemScope.Symbols.Tests.Elf;

/// <summary>File offsets, link addresses and load bias.</summary>
public sealed class ElfAddressTests
{
    private const ulong Shift = 0x212000; // of the code of tiny.shifted, see fixtures/elf/made/make.sh

    [Theory]
    [InlineData(0x1150, 0x1150)]
    [InlineData(0x2dd0, 0x3dd0)] // .init_array: offset and address differ even in what GNU ld links
    [InlineData(0x309b, 0x409b)]
    public void A_file_offset_has_the_link_address_of_its_segment(ulong offset, ulong link)
    {
        var elf = Fixture.Elf("elf/raw-mmap-leak/raw_mmap_leak");
        Assert.Equal(link, elf.LinkAddressOf(offset));
        Assert.Equal(offset, elf.FileOffsetOf(link));
    }

    [Fact]
    public void Zero_filled_memory_and_places_outside_have_no_file_offset()
    {
        var elf = Fixture.Elf("elf/raw-mmap-leak/raw_mmap_leak");
        Assert.Null(elf.FileOffsetOf(0x40a0)); // .bss
        Assert.Null(elf.FileOffsetOf(0x99999));
        Assert.Null(elf.LinkAddressOf(0x99999));
        Assert.Null(elf.LinkAddressOf(ulong.MaxValue));
    }

    [Fact]
    public void Every_mapping_of_a_module_gives_the_same_load_bias()
    {
        var elf = Fixture.Elf("elf/raw-mmap-leak/raw_mmap_leak");
        const ulong bias = 0x55d4_3c0a_e000;
        Assert.Equal(bias, elf.LoadBias(bias, 0, executable: false));
        Assert.Equal(bias, elf.LoadBias(bias + 0x1000, 0x1000));
        Assert.Equal(bias, elf.LoadBias(bias + 0x2000, 0x2000, executable: false));
        Assert.Null(elf.LoadBias(bias, 0x99000));
    }

    [Fact]
    public void A_program_with_fixed_addresses_has_no_bias() => Assert.Equal(0UL, Fixture.Elf("elf/made/tiny.shifted").LoadBias(0x212000, 0));

    [Fact]
    public void Of_two_segments_in_one_page_the_one_that_holds_the_offset_is_taken()
    {
        var elf = Fixture.Elf("elf/made/tiny.shifted");
        Assert.Equal(0x10120UL, elf.LinkAddressOf(0x120)); // the build id, read-only
        Assert.Equal(Shift + 0x185, elf.LinkAddressOf(0x185)); // code
        Assert.Equal(0x185UL, elf.FileOffsetOf(Shift + 0x185));
        Assert.Equal(Shift + 0x160, elf.LinkAddressOf(0x160)); // padding between both: the page of the code
    }

    [Fact]
    public void A_debug_file_without_bytes_of_code_maps_no_file_offset()
    {
        var elf = Fixture.Elf("elf/raw-mmap-leak/raw_mmap_leak.debug");
        Assert.False(elf.HasFileLayout);
        Assert.Null(elf.LinkAddressOf(0x13d9));
        Assert.True(elf.IsCode(0x13d9));
    }
}
