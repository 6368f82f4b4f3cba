using System.Text.RegularExpressions;

namespace MemScope.Tests;

public sealed partial class DocumentationTests
{
    private static readonly string Pages = string.Concat(Directory.EnumerateFiles(Path.Combine(Fixtures.RepositoryRoot, "docs", "formats"), "*.md").Select(File.ReadAllText));

    private static readonly List<string> Sources =
        [.. Directory.EnumerateFiles(Path.Combine(Fixtures.RepositoryRoot, "src", "MemScope.Core", "Formats"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText)];

    [Fact]
    public void Every_diagnostic_is_explained()
    {
        var ids = Sources.SelectMany(s => DiagnosticId().Matches(s)).Select(m => m.Groups["id"].Value).Distinct().ToList();
        Assert.True(ids.Count > 20);
        Assert.All(ids, id => Assert.Contains(id, Pages, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_refusal_is_explained()
    {
        var codes = Sources.SelectMany(s => RefusalCode().Matches(s)).Select(m => m.Groups["code"].Value).Distinct().ToList();
        Assert.True(codes.Count > 20);
        Assert.All(codes, code => Assert.Contains($"`{code}`", Pages, StringComparison.Ordinal));
    }

    [GeneratedRegex("\"(?<id>[A-Z]+[0-9]{3})\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex DiagnosticId();

    [GeneratedRegex("(CaptureRefusal\\.[A-Za-z]+, |Refuse\\(|new\\([^\"\\n]*)\"(?<code>[a-z0-9-]+)\", ", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex RefusalCode();
}
