using MemScope.Core.Analysis.Findings;

namespace MemScope.Tests.Findings;

/// <summary>The files of the knowledge base: what they may say, and that what they say is there.</summary>
public sealed class CardFileTests
{
    private const string Head = "id = \"X01\"\nname = \"n\"\nkind = \"leak\"\ntitle = \"t\"\nmechanism = \"m\"\nmalloc = \"outside\"\nsources = [\"s\"]\nfired-by = []\nsilent-on = []\n";
    private const string Check = "[[check]]\nrole = \"suspect\"\nis = \"category-share\"\nclaim = \"c\"\ncategory = \"heap\"\nleast = \"70 %\"\n";

    [Fact]
    public void A_card_has_its_keys_its_checks_and_its_remedies_in_order()
    {
        var card = CardFile.Read("X01.toml", Head + "# why\n" + Check + "[[remedy]]\ntitle = \"r\"\nsource = \"s\"\nversions = \"UCX >= 1.17, < 1.21\"\n");

        Assert.Equal(("X01", FindingKind.Leak, false, false), (card.Id, card.Kind, card.InsideMallocHeap, card.IsTested));
        Assert.Equal(["70 %"], Assert.Single(card.Checks).Arguments["least"]);
        Assert.Equal(("r", null, "UCX >= 1.17, < 1.21"), (Assert.Single(card.Remedies).Title, card.Remedies[0].Setting, card.Remedies[0].Versions));
    }

    [Theory]
    [InlineData("colour = \"red\"\n" + Head + Check, 1, "colour is no key here")]
    [InlineData("name = \"n\"\n", 1, "card has no id")]
    [InlineData(Head + "id = \"X02\"\n" + Check, 10, "id is said twice")]
    [InlineData(Head, 1, "no [[check]]")]
    [InlineData(Head + "[[cheque]]\n", 10, "[[cheque]] is no section")]
    [InlineData(Head + "[[check]]\nrole = \"suspect\"\nis = \"weather\"\nclaim = \"c\"\n", 12, "no check is called weather")]
    [InlineData(Head + "[[check]]\nrole = \"suspect\"\nis = \"grows\"\n", 10, "[[check]] has no claim")]
    [InlineData(Head + "[[check]]\nrole = \"prove\"\nis = \"grows\"\nclaim = \"c\"\n", 11, "suspect, likely, confirm, support or refute")]
    [InlineData(Head + "[[check]]\nrole = \"suspect\"\nis = \"grows\"\nclaim = \"{colour}\"\n", 13, "known placeholders")]
    [InlineData(Head + "[[check]]\nrole = \"suspect\"\nis = \"grows\"\nclaim = \"c\"\nleast = \"1 %\"\n", 14, "least is no key here")]
    [InlineData(Head + "[[check]]\nrole = \"suspect\"\nis = \"category-share\"\nclaim = \"c\"\ncategory = \"cheap\"\nleast = \"70 %\"\n", 14, "no category is called cheap")]
    [InlineData(Head + "[[check]]\nrole = \"suspect\"\nis = \"category-share\"\nclaim = \"c\"\ncategory = \"heap\"\nleast = \"0.7\"\n", 15, "a share is needed")]
    [InlineData(Head + "[[check]]\nrole = \"suspect\"\nis = \"category-share\"\nclaim = \"c\"\ncategory = \"heap\"\n", 10, "[[check]] has no least")]
    [InlineData(Head + Check + "[[remedy]]\ntitle = \"r\"\n", 16, "[[remedy]] has no source")]
    [InlineData(Head + Check + "[[remedy]]\ntitle = \"r\"\nsource = \"s\"\nversions = \"old ones\"\n", 19, "a product and conditions")]
    public void What_cannot_be_read_is_named_with_file_and_line(string text, int line, string problem)
    {
        var error = Assert.Throws<CardFileException>(() => CardFile.Read("X01.toml", text));

        Assert.Equal(("X01.toml", line), (error.File, error.Line));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_card_can_be_read_and_is_called_like_its_file()
    {
        var files = Cards.Files().ToList();

        Assert.NotEmpty(files);
        Assert.All(files, f => Assert.Equal(f.Name, CardFile.Read(f.Name, f.Text).Id + ".toml"));
        Assert.Equal(Cards.All.Count, Cards.All.Select(c => c.Id).Distinct().Count());
    }

    [Fact]
    public void Every_card_has_a_suspect_sources_and_a_letter_for_its_kind() => Assert.All(Cards.All, card =>
    {
        Assert.All(card.Sources, s => Assert.True(s.Length > 8, card.Id));
        Assert.NotEmpty(card.Sources);
        Assert.Contains(card.Id[0], "SGH");
        Assert.Equal(card.Id[0] == 'H', card.Kind == FindingKind.Hypothesis);
        if (card.Kind == FindingKind.Hypothesis) Assert.Contains(card.Checks, c => c.Role == CheckRole.Refute);
        else Assert.Contains(card.Checks, c => c.Role == CheckRole.Suspect);
    });

    [Fact]
    public void Every_card_that_another_yields_to_is_there() =>
        Assert.All(Cards.All, card => Assert.All(card.YieldsTo, id => Assert.True(id == "*" || (id != card.Id && Cards.Find(id) is not null), $"{card.Id} yields to {id}")));

    [Fact]
    public void Every_capture_that_a_card_names_lies_among_the_fixtures() =>
        Assert.All(Cards.All, card => Assert.All(card.FiredBy.Concat(card.SilentOn), name =>
            Assert.True(Directory.Exists(Fixtures.PathOf(["cases", .. name.Split('/')])) || Directory.Exists(Fixtures.PathOf(["signatures", .. name.Split('/')])), $"{card.Id}: {name}")));
}
