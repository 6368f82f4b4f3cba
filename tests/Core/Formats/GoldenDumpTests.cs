using MemScope.Core.Formats;

namespace MemScope.Tests;

/// <summary>
/// A fixture <c>x.txt</c> (or <c>x.txt.gz</c> …) beside which lies <c>x.dump.txt</c> has a reviewed dump of what was read of it. For a new one make the file empty first. After a
/// change on purpose, write the dumps anew and review the difference:
/// <code>MEMSCOPE_UPDATE_GOLDEN=1 dotnet test tests/Core --filter GoldenDump</code>
/// </summary>
public sealed class GoldenDumpTests
{
    private const string Dump = ".dump.txt";

    // Dumps of ELF files and stored blocks are another test's; leak-oracle holds one program as every tool sees it and signatures hold runs, whose formats have folders of their own.
    private static readonly string[] Folders = [.. Directory.EnumerateDirectories(Fixtures.PathOf()).Select(f => Path.GetFileName(f)!).Where(f => f is not ("elf" or "cases" or "tool-messages" or "refused" or "leak-oracle" or "blocks" or "signatures"))];

    public static TheoryData<string> Inputs => [.. Folders.SelectMany(Dumped).Order(StringComparer.Ordinal)];

    public static TheoryData<string> AllFolders => [.. Folders];

    [Theory]
    [MemberData(nameof(AllFolders))]
    public void Each_format_has_a_reviewed_dump(string folder) => Assert.NotEmpty(Dumped(folder));

    [Theory]
    [MemberData(nameof(Inputs))]
    public void The_model_is_the_reviewed_one(string input)
    {
        var path = Fixtures.PathOf(input.Split('/'));
        var text = new StringWriter();
        ModelDump.Write(Reading.Of(File.ReadAllBytes(path), Path.GetFileName(path)).Parsed, text);
        var golden = GoldenOf(path);
        if (Environment.GetEnvironmentVariable("MEMSCOPE_UPDATE_GOLDEN") is "1") File.WriteAllText(golden, text.ToString());

        Assert.Equal(File.ReadAllText(golden), text.ToString());
    }

    private static IEnumerable<string> Dumped(string folder) =>
        Directory.EnumerateFiles(Fixtures.PathOf(folder)).Where(f => !f.EndsWith(Dump, StringComparison.Ordinal) && File.Exists(GoldenOf(f))).Select(f => folder + "/" + Path.GetFileName(f));

    /// <summary>Beside the fixture, with compression and extension taken off.</summary>
    private static string GoldenOf(string path)
    {
        var name = Path.GetExtension(path) is ".gz" or ".zst" ? path[..^Path.GetExtension(path).Length] : path;
        return name[..^Path.GetExtension(name).Length] + Dump;
    }
}
