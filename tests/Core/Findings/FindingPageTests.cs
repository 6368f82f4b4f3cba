using System.Text;
using MemScope.Core.Analysis.Findings;

namespace MemScope.Tests.Findings;

/// <summary>The page of findings lists the cards, their thresholds and the checks as they are. After a change: run this test with MEMSCOPE_WRITE_DOCS=1.</summary>
public sealed class FindingPageTests
{
    private static readonly string Page = Path.Combine(Fixtures.RepositoryRoot, "docs", "findings.md");

    [Fact]
    public void The_page_of_findings_lists_the_cards_as_they_are() => AssertListed("cards", CardTable());

    [Fact]
    public void The_page_of_findings_lists_the_checks_as_they_are() => AssertListed("checks", CheckTable());

    [Fact]
    public void The_page_of_findings_names_every_placeholder()
    {
        var page = File.ReadAllText(Page);
        Assert.All(CardFile.Placeholders, p => Assert.Contains($"`{{{p}}}`", page, StringComparison.Ordinal));
    }

    private static void AssertListed(string what, string table)
    {
        var (begin, end) = ($"<!-- {what}: written by FindingPageTests -->\n", $"<!-- end of {what} -->\n");
        var page = File.ReadAllText(Page);
        var (from, to) = (page.IndexOf(begin, StringComparison.Ordinal) + begin.Length, page.IndexOf(end, StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable("MEMSCOPE_WRITE_DOCS") is "1") File.WriteAllText(Page, page = page[..from] + table + page[to..]);

        Assert.Contains(begin + table + end, page, StringComparison.Ordinal);
    }

    private static string CardTable()
    {
        var text = new StringBuilder("| Card | | Kind | Captures | Numbers and their reasons |\n|---|---|---|---|---|\n");
        foreach (var card in Cards.All)
        {
            var why = string.Join("<br>", card.Checks.Where(c => c.Why is not null).Select(c => $"{c.Claim}: {string.Join(", ", c.Arguments.Where(a => a.Value.Count == 1 && a.Value[0].Any(char.IsAsciiDigit)).Select(a => a.Value[0]))}. {c.Why}"));
            var captures = card.Kind == FindingKind.Hypothesis ? "" : card.IsTested ? string.Join(", ", card.FiredBy) : "none: untested";
            text.Append($"| `{card.Id}` | {Cell(card.Name)} | {KindOf(card)} | {captures} | {Cell(why)} |\n");
        }
        return text.ToString();
    }

    private static string CheckTable()
    {
        var text = new StringBuilder("| Check | Holds when | Arguments |\n|---|---|---|\n");
        foreach (var check in Checks.All.Values.OrderBy(c => c.Name, StringComparer.Ordinal))
        {
            var arguments = string.Join("<br>", check.Arguments.Select(a => $"`{a.Name}`{(a.IsOptional ? " (optional)" : "")}: {a.Says}{(a.Words.Count > 0 ? $": {string.Join(", ", a.Words)}" : "")}"));
            text.Append($"| `{check.Name}` | {Cell(check.Says)} | {Cell(arguments)} |\n");
        }
        return text.ToString();
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("{", "\\{", StringComparison.Ordinal);

    private static string KindOf(Card card) => card.Kind switch { FindingKind.NotALeak => "not a leak", FindingKind.NotThisProcess => "not this process", var kind => kind.ToString().ToLowerInvariant() };
}
