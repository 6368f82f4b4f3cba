using System.IO.Compression;
using MemScope.Symbols.Elf;

namespace MemScope.Symbols.Tests.Elf;

/// <summary>Symbol tables and string tables that are packed (SHF_COMPRESSED).</summary>
public sealed class CompressedSectionTests
{
    private const int Symtab = 3, Strtab = 4;
    private const uint Zlib = 1, Zstd = 2;

    [Fact]
    public void Tables_packed_with_zlib_give_the_same_symbols()
    {
        var plain = Image();
        var packed = Repack(Repack(plain, Symtab, Zlib, Deflate), Strtab, Zlib, Deflate);
        Assert.Equal(Read(plain).Symbols.All(), Read(packed).Symbols.All());
        Assert.Empty(Read(packed).Symbols.Notes);
    }

    [NeedsToolFact("zstd")]
    public void Tables_packed_with_zstd_give_the_same_symbols()
    {
        var plain = Image();
        var packed = Repack(plain, Strtab, Zstd, b => ToolFilter.Run("zstd", "-c", new MemoryStream(b)));
        Assert.Equal(Read(plain).Symbols.All(), Read(packed).Symbols.All());
    }

    public static TheoryData<string, string> Unusable => new()
    {
        { "bomb that says so", "at most" },
        { "bomb that lies", "damaged" },
        { "shorter than stated", "damaged" },
        { "no header", "damaged" },
        { "garbage", "damaged" },
        { "size wraps", "at most" },
        { "unknown kind", "objcopy --decompress-debug-sections" },
    };

    [Theory]
    [MemberData(nameof(Unusable))]
    public void What_cannot_be_unpacked_is_told_and_gives_no_symbols(string what, string note)
    {
        var content = what switch
        {
            "bomb that says so" => ElfEdit.Compressed(Zlib, 1 << 30, Deflate(new byte[64 << 20])),
            "bomb that lies" => ElfEdit.Compressed(Zlib, 1 << 10, Deflate(new byte[64 << 20])),
            "shorter than stated" => ElfEdit.Compressed(Zlib, 1 << 10, Deflate(new byte[10])),
            "no header" => [1, 0, 0],
            "garbage" => ElfEdit.Compressed(Zlib, 100, [.. Enumerable.Range(0, 100).Select(i => (byte)(i * 37))]),
            "size wraps" => ElfEdit.Compressed(Zlib, ulong.MaxValue, Deflate([1, 2, 3])),
            _ => ElfEdit.Compressed(77, 3, [1, 2, 3]),
        };
        foreach (var section in (int[])[Symtab, Strtab])
        {
            var symbols = Read(ElfEdit.Replace(Image(), section, content, ElfCompression.CompressedFlag)).Symbols;
            Assert.Equal(0, symbols.Count);
            Assert.Contains(note, Assert.Single(symbols.Notes), StringComparison.Ordinal);
        }
    }

    [NeedsToolFact("zstd")]
    public void A_zstd_bomb_is_stopped_at_the_size_that_it_states()
    {
        var packed = ToolFilter.Run("zstd", "-c", ToolFilter.Zeros(1L << 30));
        var symbols = Read(ElfEdit.Replace(Image(), Strtab, ElfEdit.Compressed(Zstd, 1 << 19, packed), ElfCompression.CompressedFlag)).Symbols;
        Assert.Contains("that much is not read", Assert.Single(symbols.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void The_checksum_of_a_debug_file_tells_whether_it_belongs_to_a_stripped_one()
    {
        using var right = new MemoryStream(Fixture.Bytes("elf/raw-mmap-leak/raw_mmap_leak.debug"));
        using var wrong = new MemoryStream(Fixture.Bytes("elf/malloc-leak-cpp/malloc_leak.debug"));
        var stripped = Fixture.Elf("elf/raw-mmap-leak/raw_mmap_leak.stripped");
        Assert.True(stripped.MatchesDebugLink(MemScope.Symbols.Elf.Crc32.Of(right)));
        Assert.False(stripped.MatchesDebugLink(MemScope.Symbols.Elf.Crc32.Of(wrong)));
        Assert.Null(Read(Image()).MatchesDebugLink(0));
    }

    [Fact]
    public void Debug_information_that_dwz_moved_away_is_named()
    {
        var elf = Read(ElfEdit.AddSection(Image(), ".gnu_debugaltlink", 1, 0, [.. "/usr/lib/debug/.dwz/x.debug\0"u8, .. Enumerable.Range(1, 20).Select(i => (byte)i)]));
        Assert.Contains("0102030405", Assert.Single(elf.Notes), StringComparison.Ordinal);
        Assert.Equal(elf.Notes, elf.Symbols.Notes);
    }

    private static byte[] Image()
    {
        var image = new ElfImage();
        for (var i = 0; i < 50; i++) image.Functions.Add(($"function_{i}", 0x1000 + (16 * (ulong)i), 16));
        return image.Write();
    }

    private static byte[] Repack(byte[] elf, int section, uint type, Func<byte[], byte[]> pack)
    {
        var content = ElfEdit.Content(elf, section);
        return ElfEdit.Replace(elf, section, ElfEdit.Compressed(type, (ulong)content.Length, pack(content)), ElfCompression.CompressedFlag);
    }

    private static byte[] Deflate(byte[] plain)
    {
        var packed = new MemoryStream();
        using (var stream = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true)) stream.Write(plain);
        return packed.ToArray();
    }

    private static ElfFile Read(byte[] bytes)
    {
        Assert.True(ElfFile.TryRead(bytes, out var elf, out var problem), problem?.Text);
        return elf;
    }
}
