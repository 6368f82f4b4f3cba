using MemScope.Core;
using MemScope.Core.Formats;

namespace MemScope.Tests;

/// <summary>
/// No format claims another one's file: what is recognised of in <c>tests/fixtures/SLUG</c> is that format or one of its family (<c>SLUG-…</c>). A folder that holds other kinds
/// says which here; a witness beside a capture has its format in its name.
/// </summary>
public sealed class FixtureRecognitionTests
{
    /// <summary>Folders whose files are not of the format that the folder is named after, or not of it only.</summary>
    private static readonly Dictionary<string, string[]> Others = new(StringComparer.Ordinal) { ["smaps"] = ["maps"] };

    /// <summary>Folders of whole cases, of mixtures, of containers and of what must be refused: their own tests say what each file is.</summary>
    private static readonly HashSet<string> Elsewhere = new(StringComparer.Ordinal) { "cases", "elf", "mixed", "leak-oracle", "tool-messages", "refused", "zstd", "signatures" };

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Fixtures.PathOf(), "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Fixtures.PathOf(), f)).Where(IsCapture).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_fixture_is_not_taken_for_another_format(string file)
    {
        var folder = file.Split('/')[0];
        using var content = File.OpenRead(Fixtures.PathOf(file));
        string format;
        try
        {
            format = CaptureReader.Read(content, Path.GetFileName(file), null, Limits.Default).Parsed.Format;
        }
        catch (CaptureRefusedException)
        {
            // What a tool or the program said beside the capture, as a witness; that each format's own captures are read, other tests see.
            return;
        }
        var known = InputFormats.All.Select(f => f.Slug).Where(s => s == folder || s.StartsWith(folder + "-", StringComparison.Ordinal))
            .Concat(Others.GetValueOrDefault(folder, [])).Concat(file.Split('/', '.', '-'));
        Assert.Contains(format, known);
    }

    private static bool IsCapture(string file) =>
        file.Contains('/', StringComparison.Ordinal) && !Elsewhere.Contains(file.Split('/')[0]) && !file.EndsWith(".dump.txt", StringComparison.Ordinal)
        && Path.GetExtension(file) is not (".sh" or ".c" or ".cc" or ".cpp" or ".go" or ".java" or ".py" or ".md" or ".h" or ".bt" or ".cs" or ".rs");
}
