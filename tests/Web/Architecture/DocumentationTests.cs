using System.Text.RegularExpressions;
using MemScope.Tests;

namespace MemScope.Web.Tests.Architecture;

public sealed partial class DocumentationTests
{
    private const int LongestArchitecture = 250;

    public static TheoryData<string> Pages => [.. RepositoryFiles.In("", ".md").Where(f => !f.StartsWith("tests/fixtures/", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Relative_links_lead_somewhere(string page)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Fixtures.RepositoryRoot, page))!;
        var links = Link().Matches(RepositoryFiles.Read(page)).Select(m => m.Groups["to"].Value)
            .Where(l => !l.Contains("://", StringComparison.Ordinal) && !l.StartsWith('#') && !l.StartsWith("mailto:", StringComparison.Ordinal))
            .Select(l => l.Split('#')[0]);
        Assert.DoesNotContain(links, l => !Path.Exists(Path.Combine(folder, l)));
    }

    [Fact]
    public void Decisions_are_numbered_without_gaps_and_say_context_decision_and_consequence()
    {
        var decisions = RepositoryFiles.In("docs/decisions", ".md").Order(StringComparer.Ordinal).ToList();
        Assert.NotEmpty(decisions);
        for (var i = 0; i < decisions.Count; i++)
        {
            Assert.StartsWith($"{i + 1:0000}-", Path.GetFileName(decisions[i]), StringComparison.Ordinal);
            var text = RepositoryFiles.Read(decisions[i]);
            Assert.All(new[] { "**Context.**", "**Decision.**", "**Consequence.**" }, part => Assert.Contains(part, text, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void The_architecture_page_stays_short_and_names_only_what_exists()
    {
        var text = RepositoryFiles.Read("ARCHITECTURE.md");
        Assert.True(text.Split('\n').Length <= LongestArchitecture);
        var sources = RepositoryFiles.In("", ".cs", ".razor", ".js", ".csproj", ".sh").Select(Path.GetFileName).ToHashSet(StringComparer.Ordinal);
        var files = CodeFile().Matches(text).Select(m => Path.GetFileName(m.Groups["file"].Value)).ToList();
        Assert.NotEmpty(files);
        Assert.DoesNotContain(files, f => !sources.Contains(f));
        var folders = Folder().Matches(text).Select(m => m.Groups["folder"].Value).ToList();
        Assert.NotEmpty(folders);
        Assert.DoesNotContain(folders, f => !Directory.Exists(Path.Combine(Fixtures.RepositoryRoot, f)));
    }

    [GeneratedRegex(@"\]\((?<to>[^)\s]+)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();

    [GeneratedRegex(@"`(?<file>[\w./-]+\.(cs|razor|js|sh))`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CodeFile();

    [GeneratedRegex(@"`(?<folder>(src|tests|migrations|wwwroot|docs|scripts|demo|recipes)/[\w./-]*?)/`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Folder();
}
