using System.Globalization;
using System.Text.Json;
using MemScope.Symbols.Elf;

namespace MemScope.Symbols.Tests.Elf;

/// <summary>The corpus' own programs, their stripped copies and debug files.</summary>
public sealed class ElfCorpusTests
{
    public static TheoryData<string> All => [.. Fixture.ElfNames];

    public static TheoryData<string, string> TruthOfFiles
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var name in (string[])["raw-mmap-leak", "malloc-leak-cpp"])
            {
                using var truth = JsonDocument.Parse(Fixture.Bytes($"cases/{name}/truth.json"));
                foreach (var elf in truth.RootElement.GetProperty("elf").EnumerateArray())
                {
                    foreach (var file in elf.GetProperty("files").EnumerateArray())
                    {
                        var path = $"elf/{name}/{file.GetString()}";
                        if (File.Exists(Fixture.PathOf(path))) data.Add(path, elf.GetProperty("build_id").GetString()!);
                    }
                }
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(TruthOfFiles))]
    public void The_build_id_is_that_of_truth_json(string name, string buildId) => Assert.Equal(buildId, Fixture.Elf(name).BuildId?.Hex);

    [Fact]
    public void Truth_json_names_all_seven_files() => Assert.Equal(7, TruthOfFiles.Count);

    [Theory]
    [InlineData("elf/raw-mmap-leak/raw_mmap_leak")]
    [InlineData("elf/malloc-leak-cpp/malloc_leak")]
    [InlineData("elf/malloc-leak-cpp/malloc_leak_lsan")]
    public void The_debug_link_names_the_debug_file_and_its_checksum(string name)
    {
        var link = Fixture.Elf(name + ".stripped").DebugLink;
        Assert.NotNull(link);
        Assert.Equal(Path.GetFileName(name) + ".debug", link.Name);
        Assert.Equal(Crc32.Of(new MemoryStream(Fixture.Bytes(name + ".debug"))), link.Crc32);
    }

    [Theory]
    [InlineData("raw_mmap_leak", ElfKind.Executable, true, true, true)]
    [InlineData("raw_mmap_leak.stripped", ElfKind.Executable, false, true, false)]
    [InlineData("raw_mmap_leak.debug", ElfKind.Debug, true, false, true)]
    public void Kind_and_contents_are_told(string name, ElfKind kind, bool symtab, bool dynsym, bool dwarf)
    {
        var elf = Fixture.Elf("elf/raw-mmap-leak/" + name);
        Assert.Equal((kind, symtab, dynsym, dwarf, dwarf), (elf.Kind, elf.HasSymtab, elf.HasDynsym, elf.HasDwarf, elf.HasLines));
        Assert.Equal(kind != ElfKind.Debug, elf.HasFileLayout);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void The_dump_is_the_golden_one(string name) => Golden.Check(name + ".dump.txt", Dump(Fixture.Elf(name)));

    [Theory]
    [MemberData(nameof(All))]
    public void A_stream_gives_what_memory_gives(string name)
    {
        using var stream = File.OpenRead(Fixture.PathOf(name));
        Assert.True(ElfFile.TryRead(stream, out var elf, out _));
        Assert.Equal(Dump(Fixture.Elf(name)), Dump(elf));
    }

    private static string Dump(ElfFile elf)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        ElfDump.Write(elf, text);
        return text.ToString();
    }
}
