using MemScope.Core.Formats;

namespace MemScope.Tests;

/// <summary>
/// Each small fixture has a reviewed dump of what was read of it. After a change on purpose, write the dumps anew and review the difference:
/// <code>MEMSCOPE_UPDATE_GOLDEN=1 dotnet test tests/Core --filter GoldenDump</code>
/// </summary>
public sealed class GoldenDumpTests
{
    private static readonly string[] Folders = ["smaps", "status", "pmap", "mixed"];

    // Pieces of traces: the dump of a whole one is too long to review.
    private static readonly string[] TraceFolders = ["strace", "bpftrace", "gdb"];

    public static TheoryData<string> Inputs =>
    [
        .. Folders.SelectMany(f => Files(f, "*")).Concat(TraceFolders.SelectMany(f => Files(f, "cut*"))).Where(f => !f.EndsWith(".dump.txt", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
    ];

    private static IEnumerable<string> Files(string folder, string pattern) => Directory.EnumerateFiles(Fixtures.PathOf(folder), pattern).Select(p => folder + "/" + Path.GetFileName(p));

    [Theory]
    [MemberData(nameof(Inputs))]
    public void The_model_is_the_reviewed_one(string input)
    {
        var path = Fixtures.PathOf(input.Split('/'));
        var text = new StringWriter();
        ModelDump.Write(Reading.Of(File.ReadAllBytes(path), Path.GetFileName(path)).Parsed, text);
        var golden = path.Replace(".gz", "", StringComparison.Ordinal)[..^4] + ".dump.txt";
        if (Environment.GetEnvironmentVariable("MEMSCOPE_UPDATE_GOLDEN") is "1") File.WriteAllText(golden, text.ToString());

        Assert.Equal(File.ReadAllText(golden), text.ToString());
    }
}
