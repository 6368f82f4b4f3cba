using System.Text;
using MemScope.Core.Analysis;
using MemScope.Core.Analysis.Categories;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>The file of rules: what it may say, and that the page about it says the same.</summary>
public sealed class RuleFileTests
{
    private const string Whole = "[a]\ncategory = \"heap\"\nkind = \"k\"\nconfidence = \"A\"\nwhy = \"w\"\n";

    private static readonly string Page = Path.Combine(Fixtures.RepositoryRoot, "docs", "categories.md");

    [Fact]
    public void A_rule_has_a_category_a_kind_a_confidence_and_a_reason()
    {
        var rule = Assert.Single(RuleFile.Read(Whole + "# a comment\nname = [\"x*\", \"y\"]\nsize-least = \"64 MiB\"\n"));

        Assert.Equal(("a", Category.Heap, "k", Confidence.Certain, "w"), (rule.Id, rule.Category, rule.Kind, rule.Confidence, rule.Why));
        Assert.Equal(["x*", "y"], rule.Names.Select(n => n.Text));
        Assert.Equal(64UL << 20, rule.SizeLeast);
    }

    [Theory]
    [InlineData("category = \"heap\"", 1, "a rule begins with [its-name]")]
    [InlineData("[A b]", 1, "lower-case-words")]
    [InlineData(Whole + Whole, 6, "a rule called a stands above")]
    [InlineData("[a]\ncategory = \"heap\"\nkind = \"k\"\nwhy = \"w\"\n", 1, "a has no confidence")]
    [InlineData(Whole + "colour = \"red\"", 6, "colour is no key")]
    [InlineData(Whole + "kind = \"other\"", 6, "kind is said twice")]
    [InlineData(Whole + "nonsense", 6, "neither a comment")]
    [InlineData(Whole + "name = x", 6, "in quotes")]
    [InlineData(Whole + "name = \"\"", 6, "in quotes")]
    [InlineData(Whole + "name = \"*\"", 6, "must say something")]
    [InlineData(Whole + "perms = \"rw\"", 6, "four characters")]
    [InlineData(Whole + "perms = \"wr-p\"", 6, "four characters")]
    [InlineData(Whole + "flags = \"hugetlb\"", 6, "two letters")]
    [InlineData(Whole + "layout = \"nearby\"", 6, "known are arena")]
    [InlineData(Whole + "lacks = \"Resident\"", 6, "smaps has no Resident")]
    [InlineData(Whole + "size-least = \"64\"", 6, "64 MiB")]
    [InlineData(Whole + "size-least = [\"1 KiB\", \"2 KiB\"]", 6, "takes one value")]
    [InlineData(Whole + "from = \"xyz\"", 6, "in hex")]
    [InlineData(Whole + "several = \"1\"", 6, "above 1")]
    [InlineData(Whole + "figures = \"{bytes}\"", 6, "known placeholders")]
    [InlineData("[a]\ncategory = \"cheap\"", 2, "no category is called cheap")]
    [InlineData("[a]\nconfidence = \"D\"", 2, "A, B or C")]
    [InlineData("[a]\nwhy = \"{size}\"", 2, "belong into figures")]
    public void What_cannot_be_read_is_named_with_its_line(string text, int line, string problem)
    {
        var error = Assert.Throws<RuleFileException>(() => RuleFile.Read(text));

        Assert.Equal(line, error.Line);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_rules_of_the_product_cover_every_category_and_the_last_holds_for_everything()
    {
        Assert.Equal(Categories.All.Order(), CategoryRules.All.Select(r => r.Category).Distinct().Order());
        Assert.Empty(CategoryRules.All[^1].Tests);
        Assert.All(CategoryRules.All.SkipLast(1), r => Assert.NotEmpty(r.Tests));
        Assert.All(CategoryRules.All.Where(r => r.Category == Category.Reserved), r => Assert.Equal([Metric.Rss, Metric.Swap, Metric.Anonymous], r.Lacks));
    }

    [Theory]
    [InlineData("/dev/*", "/dev/kfd", true)]
    [InlineData("/dev/*", "/devices", false)]
    [InlineData("*.jsa", "/usr/lib/classes.jsa", true)]
    [InlineData("*shm*", "/dev/shm/x", true)]
    [InlineData("nvidia#", "nvidia10", true)]
    [InlineData("nvidia#", "nvidia", false)]
    [InlineData("nvidia#", "nvidia-smi", false)]
    [InlineData("[heap]", "[heap]", true)]
    [InlineData("[heap]", "[Heap]", false)]
    public void Patterns_have_a_star_at_an_end_or_digits(string pattern, string name, bool matches) => Assert.Equal(matches, new NamePattern(pattern).Matches(name));

    /// <summary>After a change of the rules: run this test with MEMSCOPE_WRITE_DOCS=1.</summary>
    [Fact]
    public void The_page_of_categories_lists_the_rules_as_they_are()
    {
        const string Begin = "<!-- rules: written by RuleFileTests -->\n", End = "<!-- end of rules -->\n";
        var page = File.ReadAllText(Page);
        var (from, to) = (page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, page.IndexOf(End, StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable("MEMSCOPE_WRITE_DOCS") is "1") File.WriteAllText(Page, page = page[..from] + Table() + page[to..]);

        Assert.Contains(Begin + Table() + End, page, StringComparison.Ordinal);
    }

    private static string Table()
    {
        var text = new StringBuilder("| Rule | Category | Kind | | Looks for | Says |\n|---|---|---|---|---|---|\n");
        foreach (var rule in CategoryRules.All)
        {
            var tests = rule.Tests.Count == 0 ? "anything" : string.Join("<br>", rule.Tests.Select(t => $"`{t.Replace("|", "\\|", StringComparison.Ordinal)}`"));
            text.Append($"| `{rule.Id}` | {rule.Category.Slug()} | {rule.Kind} | {rule.Confidence.Letter()} | {tests} | {rule.Why}{(rule.Figures is null ? "" : $" ({rule.Figures})")} |\n");
        }
        return text.ToString();
    }
}
