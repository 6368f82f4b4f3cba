using System.Text.RegularExpressions;

namespace MemScope.Web.Tests.Architecture;

/// <summary>docs/api.md tells every code that the server sends and no other.</summary>
public sealed partial class ApiPageTests
{
    private static readonly string[] Sources = ["src/MemScope.Web/Administration", "src/MemScope.Web/Api", "src/MemScope.Web/Ingest", "src/MemScope.Web/Notes", "src/MemScope.Web/Security", "src/MemScope.Web/Sharing", "src/MemScope.Web/Symbolication", "src/MemScope.Web/Hosting"];

    [Fact]
    public void Every_code_of_the_server_is_told_and_every_code_told_exists()
    {
        var page = RepositoryFiles.Read("docs/api.md");
        var told = Told().Matches(page[page.IndexOf("## Problems", StringComparison.Ordinal)..]).Select(m => m.Groups["code"].Value).ToHashSet(StringComparer.Ordinal);
        told.ExceptWith(["code", "detail", "limit", "actual"]);
        var web = Sources.SelectMany(f => RepositoryFiles.In(f, ".cs")).Select(RepositoryFiles.Read).ToList();
        var thrown = web.SelectMany(text => Thrown().Matches(text)).Select(m => m.Groups["code"].Value).ToHashSet(StringComparer.Ordinal);
        Assert.True(thrown.Count > 20, string.Join(' ', thrown));
        Assert.Empty(thrown.Except(told, StringComparer.Ordinal));

        var all = string.Concat(web.Concat(RepositoryFiles.In("src/MemScope.Core/Formats", ".cs").Concat(RepositoryFiles.In("src/MemScope.Storage/Captures", ".cs")).Select(RepositoryFiles.Read)));
        // The codes of ELF files are made of the reader's words.
        Assert.DoesNotContain(told, code => !all.Contains($"\"{code}\"", StringComparison.Ordinal) && !code.StartsWith("elf-", StringComparison.Ordinal));
    }

    [GeneratedRegex("`(?<code>[a-z][a-z0-9]*(-[a-z0-9]+)*)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Told();

    [GeneratedRegex("(ProblemException\\(|Problems\\.Result\\()[^;\"]*\"(?<code>[a-z0-9-]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Thrown();
}
