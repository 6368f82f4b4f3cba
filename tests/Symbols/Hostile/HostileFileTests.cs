using MemScope.Symbols.Children;
using MemScope.Symbols.Demangling;
using MemScope.Symbols.Elf;
using MemScope.Symbols.Lines;
using MemScope.Symbols.Tests.Elf;
using MemScope.Symbols.Tests.Lines;

namespace MemScope.Symbols.Tests.Hostile;

/// <summary>Files that were made to bring readers down. Each ends in frames or a typed miss, the process lives on, and others are answered.</summary>
public sealed class HostileFileTests : IAsyncDisposable
{
    private readonly OpenFolder _folder = new();
    private readonly Demangler _demangler = new();

    public static TheoryData<string, string> All
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var tool in LineSymbolizer.Tools)
            {
                foreach (var file in Files.Keys) data.Add(tool.Name, file);
            }
            return data;
        }
    }

    private static readonly Dictionary<string, Func<byte[]>> Files = new(StringComparer.Ordinal)
    {
        ["abstract origins that are their own"] = HostileDwarf.SelfReferences,
        ["a million inlined calls, one in another"] = () => HostileDwarf.InlineDepth(1_000_000),
        ["a thousand million lines"] = () => HostileDwarf.LineRows(1_000_000_000),
        ["abbreviations over and over"] = () => HostileDwarf.Abbreviated(units: 20_000, abbreviations: 500_000),
        ["a source folder above the root"] = () => HostileDwarf.Source("/../../../../etc", "../../../etc/passwd"),
    };

    [NeedsToolTheory("addr2line", "llvm-symbolizer")]
    [MemberData(nameof(All))]
    public async Task It_ends_in_frames_or_a_typed_miss_and_others_are_answered_meanwhile(string tool, string file)
    {
        await using var symbolizer = new LineSymbolizer(_demangler, [LineSymbolizer.Tools.Single(t => t.Name == tool)], new ChildLimits(), TimeProvider.System);
        var good = _folder.Copy("elf/raw-mmap-leak/raw_mmap_leak");
        Assert.Equal("main", (await symbolizer.SymbolizeAsync(good, 0x13d9)).Frames[^1].Function);
        var asked = symbolizer.SymbolizeAsync(_folder.Write("hostile", Files[file]()), HostileDwarf.Address);
        do Assert.Equal("main", (await symbolizer.SymbolizeAsync(good, 0x13d9)).Frames[^1].Function);
        while (!asked.IsCompleted);
        var answer = await asked;
        Assert.True(answer.Frames.Count > 0 || answer.Miss is SymbolMiss.Malformed or SymbolMiss.UnknownAddress or SymbolMiss.Unsupported, answer.ToString());
        Assert.Equal("main", (await symbolizer.SymbolizeAsync(good, 0x13d9)).Frames[^1].Function);
    }

    [NeedsToolFact("addr2line")]
    public async Task A_hand_made_file_without_malice_has_its_function_and_line()
    {
        await using var symbolizer = new LineSymbolizer(_demangler);
        var answer = await symbolizer.SymbolizeAsync(_folder.Write("tame", HostileDwarf.Source("/src", "a.c")), HostileDwarf.Address);
        Assert.Equal([new SymbolizedFrame("f", "/src/a.c", 1, false)], answer.Frames);
    }

    [NeedsToolFact("addr2line")]
    public async Task A_source_file_is_named_and_never_opened()
    {
        // Who opens a pipe to which nobody writes waits for ever.
        var pipe = Path.Combine(_folder.Path, "pipe");
        ToolFilter.Run("mkfifo", $"-m 666 {pipe}");
        foreach (var tool in LineSymbolizer.Tools)
        {
            await using var symbolizer = new LineSymbolizer(_demangler, [tool], new ChildLimits(), TimeProvider.System);
            if ((await symbolizer.SymbolizeAsync(_folder.Copy("elf/raw-mmap-leak/raw_mmap_leak"), 0x13d9)).Miss is not null) continue;
            var answer = await symbolizer.SymbolizeAsync(_folder.Write("named", HostileDwarf.Source(_folder.Path, "pipe")), HostileDwarf.Address);
            Assert.Equal(pipe, Assert.Single(answer.Frames).File);
        }
    }

    [Fact]
    public void String_tables_without_an_end_give_names_that_are_cut()
    {
        var image = new ElfImage();
        image.Functions.Add(("first", 0x1000, 8));
        image.Functions.Add(("last", 0x1010, 8));
        var file = image.Write();
        var strings = ElfEdit.Content(file, 4);
        Assert.True(ElfFile.TryRead(ElfEdit.Replace(file, 4, strings[..^1]), out var elf, out _));
        Assert.Equal(["first", "last"], elf.Symbols.All().Select(s => s.Name));
        Assert.True(ElfFile.TryRead(ElfEdit.Replace(file, 5, [.. Enumerable.Repeat((byte)'n', 500_000)]), out elf, out _));
        Assert.All(elf.Sections, s => Assert.InRange(s.Name.Length, 0, ElfLimits.Default.SectionNameBytes));
    }

    [Fact]
    public void Segments_that_lie_over_each_other_give_one_address_or_none()
    {
        var bytes = new ElfImage { CodeLink = 0x40_1000 }.Write();
        // A second program header in the padding behind the first: the same bytes elsewhere.
        bytes.AsSpan(64, 56).CopyTo(bytes.AsSpan(120));
        BitConverter.TryWriteBytes(bytes.AsSpan(120 + 16), 0x40_1800UL);
        bytes[56] = 2;
        Assert.True(ElfFile.TryRead(bytes, out var elf, out _));
        Assert.Equal(2, elf.LoadSegments.Count());
        Assert.Equal(0x40_1010UL, elf.LinkAddressOf(0x1010));
        Assert.Equal(0x1010UL, elf.FileOffsetOf(0x40_1010));
        Assert.True(elf.IsCode(0x40_1900));
    }

    public async ValueTask DisposeAsync()
    {
        await _demangler.DisposeAsync();
        _folder.Dispose();
    }
}
