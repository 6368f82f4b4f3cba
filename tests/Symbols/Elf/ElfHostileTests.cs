using System.Globalization;
using MemScope.Symbols.Elf;

namespace MemScope.Symbols.Tests.Elf;

/// <summary>Files that lie. Nothing may throw, hang or take memory out of proportion.</summary>
public sealed class ElfHostileTests
{
    private const int Mutations = 20_000;

    [Fact]
    public void A_file_cut_anywhere_is_refused_as_truncated()
    {
        foreach (var name in Fixture.ElfNames)
        {
            var bytes = Fixture.Bytes(name);
            for (var length = 64; length < bytes.Length; length += 64)
            {
                Assert.False(ElfFile.TryRead(bytes.AsMemory(0, length), out _, out var problem), $"{name} cut at {length} was accepted");
                Assert.Equal(ElfProblemKind.Truncated, problem.Kind);
            }
        }
    }

    [Fact]
    public void Mutated_files_are_read_or_refused_without_an_exception_and_in_bounded_memory()
    {
        var random = new Random(20251121);
        var originals = Fixture.ElfNames.Select(Fixture.Bytes).Where(b => b.Length < 64 << 10).ToArray();
        var accepted = 0;
        for (var i = 0; i < Mutations; i++)
        {
            var bytes = (byte[])originals[i % originals.Length].Clone();
            Mutate(bytes, random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            accepted += Use(bytes, random) ? 1 : 0;
            var spent = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(spent < (4 << 20) + (40L * bytes.Length), $"mutation {i} took {spent} bytes for a file of {bytes.Length}");
        }
        Assert.InRange(accepted, Mutations / 10, Mutations - (Mutations / 10));
    }

    [Theory]
    [InlineData(4, 0, ElfProblemKind.Unsupported)] // class
    [InlineData(4, 3, ElfProblemKind.Unsupported)]
    [InlineData(5, 3, ElfProblemKind.Unsupported)] // byte order
    [InlineData(6, 0, ElfProblemKind.Unsupported)] // version
    [InlineData(0, 0, ElfProblemKind.NotElf)]
    [InlineData(3, 0x4c, ElfProblemKind.NotElf)]
    [InlineData(54, 55, ElfProblemKind.Malformed)] // size of a program header
    [InlineData(58, 0, ElfProblemKind.Malformed)] // size of a section header
    [InlineData(47, 0xff, ElfProblemKind.Truncated)] // e_shoff, high byte: the sum with the table's size overflows
    [InlineData(39, 0xff, ElfProblemKind.Truncated)] // e_phoff
    [InlineData(57, 0x80, ElfProblemKind.TooLarge)] // e_phnum
    [InlineData(61, 0x80, ElfProblemKind.TooLarge)] // e_shnum
    public void A_wrong_header_byte_is_named(int at, byte value, ElfProblemKind kind)
    {
        var bytes = new ElfImage().Write();
        bytes[at] = value;
        Assert.False(ElfFile.TryRead(bytes, out _, out var problem));
        Assert.Equal(kind, problem.Kind);
        Assert.NotEmpty(problem.Text);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(15)]
    [InlineData(51)]
    public void A_few_bytes_are_refused(int length)
    {
        var bytes = new ElfImage().Write().AsMemory(0, length);
        Assert.False(ElfFile.TryRead(bytes, out _, out var problem));
        Assert.Equal(length < 4 ? ElfProblemKind.NotElf : ElfProblemKind.Truncated, problem.Kind);
    }

    [Theory]
    [InlineData(6UL, null)]
    [InlineData(16_385UL, ElfProblemKind.TooLarge)]
    [InlineData(ulong.MaxValue, ElfProblemKind.TooLarge)]
    [InlineData(0x0400_0000_0000_0000UL, ElfProblemKind.TooLarge)] // times 64 is 0 in 64 bits
    public void The_extended_number_of_sections_is_checked(ulong count, ElfProblemKind? kind)
    {
        var bytes = new ElfImage().Write();
        var sectionsAt = BitConverter.ToInt32(bytes, 40);
        bytes[60] = bytes[61] = 0;
        BitConverter.TryWriteBytes(bytes.AsSpan(sectionsAt + 32), count);
        Assert.Equal(kind is null, ElfFile.TryRead(bytes, out var elf, out var problem));
        Assert.Equal(kind, problem?.Kind);
        Assert.Equal(kind is null ? 6 : null, elf?.Sections.Count);
    }

    [Fact]
    public void A_section_that_overflows_the_file_is_refused()
    {
        foreach (var (offset, size) in ((ulong, ulong)[])[(ulong.MaxValue - 8, 16), (16, ulong.MaxValue), (1UL << 62, 1UL << 62)])
        {
            var bytes = new ElfImage().Write();
            var section = BitConverter.ToInt32(bytes, 40) + 64;
            BitConverter.TryWriteBytes(bytes.AsSpan(section + 24), offset);
            BitConverter.TryWriteBytes(bytes.AsSpan(section + 32), size);
            Assert.False(ElfFile.TryRead(bytes, out _, out var problem));
            Assert.Equal(ElfProblemKind.Truncated, problem.Kind);
        }
    }

    [Fact]
    public void A_symbol_table_that_is_its_own_string_table_gives_no_symbols()
    {
        var image = new ElfImage();
        image.Functions.Add(("f", 0x1000, 8));
        var bytes = image.Write();
        var section = BitConverter.ToInt32(bytes, 40) + (3 * 64);
        foreach (var link in (uint[])[3, 6, 0x7fff_ffff, uint.MaxValue, 0])
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(section + 40), link);
            Assert.True(ElfFile.TryRead(bytes, out var elf, out _));
            Assert.Equal(0, elf.Symbols.Count);
            Assert.Single(elf.Symbols.Notes);
        }
    }

    [Fact]
    public void Functions_at_the_top_of_the_address_space_and_of_every_size_do_not_overflow()
    {
        var image = new ElfImage();
        image.Functions.Add(("huge", 0x1000, ulong.MaxValue));
        image.Functions.Add(("top", ulong.MaxValue - 1, 100));
        image.Functions.Add(("last", ulong.MaxValue, 0));
        var symbols = image.Read().Symbols;
        Assert.Equal("huge", symbols.Lookup(0x7fff_ffff_ffff)?.Name);
        Assert.Equal("top", symbols.Lookup(ulong.MaxValue - 1)?.Name);
        Assert.Equal(3, symbols.Count);
    }

    [Fact]
    public void A_hundred_thousand_nested_functions_are_looked_up_in_no_time()
    {
        var image = new ElfImage();
        const int count = 100_000;
        for (ulong i = 0; i < count; i++) image.Functions.Add(("f", 0x1000 + i, (2 * count) - (2 * i)));
        var symbols = image.Read().Symbols;
        for (ulong address = 0x1000; address < 0x1000 + (2 * count); address++) Assert.NotNull(symbols.Lookup(address));
    }

    [Fact]
    public void A_million_aliases_with_one_endless_name_are_sorted_out_in_a_few_seconds()
    {
        var image = new ElfImage();
        image.Functions.Add((new string('x', 60_000), 0x1000, 8));
        for (var i = 0; i < 1_000_000; i++) image.Functions.Add(("", 0x1000, 8));
        var bytes = image.Write();
        var table = BitConverter.ToInt32(bytes, BitConverter.ToInt32(bytes, 40) + (3 * 64) + 24);
        for (var i = 1; i <= image.Functions.Count; i++) bytes[table + (24 * i)] = (byte)(1 + (i % 100)); // all names begin somewhere in the long one
        for (var i = 1; i <= image.Functions.Count; i++) bytes[table + (24 * i) + 1] = bytes[table + (24 * i) + 2] = 0;
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Assert.True(ElfFile.TryRead(bytes, out var elf, out _));
        Assert.Equal(1, elf.Symbols.Count);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), clock.Elapsed.ToString());
    }

    [Theory]
    [InlineData(8, 4)]
    [InlineData(16, 4)]
    [InlineData(20, 4)]
    [InlineData(20, 8)]
    [InlineData(9, 8)]
    public void A_build_id_is_found_behind_another_note_at_either_alignment(int bytes, int alignment)
    {
        foreach (var isBigEndian in (bool[])[false, true])
        {
            var image = new ElfImage { IsBigEndian = isBigEndian };
            byte[] other = [.. image.U32(5), .. image.U32(3), .. image.U32(1), .. "Other\0\0\0"u8, .. Padded([1, 2, 3], alignment, 20)];
            var elf = new ElfImage { IsBigEndian = isBigEndian, Notes = [.. other, .. image.BuildIdNote(bytes, alignment)], NoteAlignment = (ulong)alignment }.Read();
            Assert.Equal(Convert.ToHexStringLower([.. Enumerable.Range(1, bytes).Select(b => (byte)b)]), elf.BuildId?.Hex);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(33)]
    [InlineData(4096)]
    public void A_build_id_of_unusable_length_is_none(int bytes) =>
        Assert.Null(new ElfImage { Notes = new ElfImage().BuildIdNote(bytes) }.Read().BuildId);

    [Fact]
    public void Notes_with_sizes_that_wrap_around_are_left()
    {
        foreach (var (name, descriptor) in ((uint, uint)[])[(uint.MaxValue, 4), (4, uint.MaxValue), (uint.MaxValue, uint.MaxValue), (0xffff_fff4, 0xffff_fff4)])
        {
            var image = new ElfImage();
            Assert.Null(new ElfImage { Notes = [.. image.U32(name), .. image.U32(descriptor), .. image.U32(3), .. "GNU\0"u8, .. new byte[32]] }.Read().BuildId);
        }
    }

    private static byte[] Padded(byte[] content, int alignment, int before)
    {
        var padded = content.ToList();
        while ((before + padded.Count) % alignment != 0) padded.Add(0);
        return [.. padded];
    }

    /// <summary>Changes some bytes; the headers, which matter most, more often than the rest. Numbers that break programs are among the values.</summary>
    private static void Mutate(byte[] bytes, Random random)
    {
        ReadOnlySpan<ulong> nasty = [0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0xffff_ffff, 0x1_0000_0000, long.MaxValue, ulong.MaxValue, ulong.MaxValue - 63];
        var sections = Math.Clamp(bytes[4] == 2 ? BitConverter.ToInt64(bytes, 40) : BitConverter.ToInt32(bytes, 32), 0, bytes.Length - 8);
        for (var n = random.Next(1, 6); n > 0; n--)
        {
            var at = random.Next(4) switch
            {
                0 => random.Next(4, 64),
                1 => random.Next(64, Math.Min(bytes.Length - 8, 1024)),
                2 => random.Next((int)sections, bytes.Length - 8),
                _ => random.Next(4, bytes.Length - 8),
            };
            if (random.Next(2) == 0) bytes[at] = (byte)random.Next(256);
            else BitConverter.GetBytes(nasty[random.Next(nasty.Length)]).AsSpan(0, 1 << random.Next(4)).CopyTo(bytes.AsSpan(at));
        }
    }

    /// <summary>Everything that the product does with a file; false when it was refused.</summary>
    private static bool Use(byte[] bytes, Random random)
    {
        if (!ElfFile.TryRead(bytes, out var elf, out var problem))
        {
            Assert.NotEmpty(problem.Text);
            return false;
        }
        for (var i = 0; i < 8; i++)
        {
            var address = i % 2 == 0 ? (ulong)random.Next(0x5000) : (ulong)random.NextInt64(long.MinValue, long.MaxValue);
            _ = elf.Symbols.Lookup(address);
            _ = elf.LinkAddressOf(address);
            _ = elf.FileOffsetOf(address);
            _ = elf.LoadBias(address, address & ~0xfffUL);
            _ = elf.ResolveTracerOffset(address, "main", address & 0xff);
        }
        using var dump = new StringWriter(CultureInfo.InvariantCulture);
        ElfDump.Write(elf, dump);
        return true;
    }
}
