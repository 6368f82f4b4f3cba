using AngleSharp.Dom;
using Bunit;
using MemScope.Web.Components.Elements;
using MemScope.Web.Notes;

namespace MemScope.Web.Tests.Notes;

/// <summary>What a person writes becomes elements of a closed list, with the words as text; nothing else.</summary>
public sealed class NoteTextTests : BunitContext
{
    private static readonly string[] Elements = ["DIV", "P", "OL", "UL", "LI", "PRE", "CODE", "STRONG", "EM", "A", "BR"];
    private static readonly string[] Attributes = ["class", "dir", "tabindex", "href", "target", "rel"];

    /// <summary>Marks, halves of marks, addresses and markup, of which the random texts are put together.</summary>
    private static readonly string[] Pieces =
    [
        "*", "**", "`", "```", "\n", "\n\n", "- ", "1. ", "[", "](", ")", "\\", " ", "a", "word", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "javascript:alert(1)", "&lt;", "&#106;",
        "http://a.example/x?y=1", "https://user@a.example", "/p/x", "//evil.example", "data:text/html,x", "\ud800", "\u0000", "\u202e", "\r", "\t", "  ", "é", "vbscript:x", "/p/../sign-out", "\"", "'",
    ];

    [Theory]
    [InlineData("**bold** and *italic*", "<p><strong>bold</strong> and <em>italic</em></p>")]
    [InlineData("***both***", "<p><em><strong>both</strong></em></p>")]
    [InlineData("*a **b** c*", "<p><em>a <strong>b</strong> c</em></p>")]
    [InlineData("**a *b* c**", "<p><strong>a <em>b</em> c</strong></p>")]
    [InlineData("2 * 3 * 4 and a ** b", "<p>2 * 3 * 4 and a ** b</p>")]
    [InlineData("`mmap(NULL, *)` calls", "<p><code>mmap(NULL, *)</code> calls</p>")]
    [InlineData("one\ntwo\n\nthree", "<p>one<br>two</p><p>three</p>")]
    [InlineData("- a\n- *b*\n  goes on\n\nend", "<ul><li>a</li><li><em>b</em><br>goes on</li></ul><p>end</p>")]
    [InlineData("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>")]
    [InlineData("```\n<b> **x**\n\ny\n```\nafter", "<pre><code>&lt;b&gt; **x**\n\ny</code></pre><p>after</p>")]
    [InlineData("```\nno end", "<pre><code>no end</code></pre>")]
    [InlineData("\\*not italic\\* \\`x\\`", "<p>*not italic* `x`</p>")]
    [InlineData("see [the **issue**](https://a.example/x?y=1)", "<p>see <a href=\"https://a.example/x?y=1\">the <strong>issue</strong></a></p>")]
    [InlineData("[here](/p/1/stacks?from=2&v=1)", "<p><a href=\"/p/1/stacks?from=2&amp;v=1\">here</a></p>")]
    [InlineData("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>")]
    [InlineData("# no heading, <b>no markup</b> &amp; no entity", "<p># no heading, &lt;b&gt;no markup&lt;/b&gt; &amp;amp; no entity</p>")]
    [InlineData("snake_case_name 0x7f00_1000", "<p>snake_case_name 0x7f00_1000</p>")]
    public void The_subset(string text, string html) => Render<NoteBody>(p => p.Add(n => n.Text, text)).Find(".note-text").InnerMarkup(html);

    [Fact]
    public void Text_without_marks_is_read_as_it_was_written()
    {
        const string Text = "RSS rose by 24.7 MiB/min (see #56 … #79); <ucm_malloc> & \"mmap\" = 60 %, é, 漢字, \U0001F600";
        Assert.Equal(Text, Render<NoteBody>(p => p.Add(n => n.Text, Text)).Find("p").TextContent);
        Assert.Equal(Text, NoteText.FirstLine(Text, 200));
    }

    [Theory]
    [InlineData("/p/x", true)]
    [InlineData("/p/x/regions/y?from=1&as=heap:%2A&v=1#top", true)]
    [InlineData("/compare?base=a&current=b", true)]
    [InlineData("/p/", false)]
    [InlineData("/", false)]
    [InlineData("/sign-out", false)]
    [InlineData("/p//evil.example", false)]
    [InlineData("//evil.example/p/", false)]
    [InlineData("/p/../sign-out", false)]
    [InlineData("/p/%2e%2e/sign-out", false)]
    [InlineData("/p/x\\..\\", false)]
    [InlineData("/comparedto", false)]
    [InlineData("/p/x\n", false)]
    [InlineData("p/x", false)]
    [InlineData("javascript:/p/x", false)]
    [InlineData(null, false)]
    public void A_link_stays_among_the_pages_of_processes(string? url, bool isTaken) => Assert.Equal(isTaken, NoteAddress.IsOfThisServer(url));

    [Theory]
    [InlineData("https://a.example", true)]
    [InlineData("HTTP://a.example/x", true)]
    [InlineData("https://", false)]
    [InlineData("https://user:secret@a.example", false)]
    [InlineData("java\tscript:alert(1)", false)]
    [InlineData("ftp://a.example", false)]
    [InlineData("https:\\\\a.example", false)]
    [InlineData("data:text/html,<b>", false)]
    [InlineData(" https://a.example", false)]
    public void A_link_out_is_plain_http(string url, bool isTaken) => Assert.Equal(isTaken, NoteAddress.IsOfTheWeb(url));

    [Fact]
    public void Whatever_is_typed_becomes_no_other_element_attribute_or_address()
    {
        var random = new Random(2026);
        for (var run = 0; run < 400; run++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 60)).Select(_ => Pieces[random.Next(Pieces.Length)]));
            var note = Render<NoteBody>(p => p.Add(n => n.Text, text).Add(n => n.IsFrozen, run % 2 == 0));
            foreach (var element in note.FindAll("*"))
            {
                Assert.True(Elements.Contains(element.TagName), $"{element.TagName} of {text}");
                Assert.All(element.Attributes, a => Assert.Contains(a.Name, Attributes));
                if (element.GetAttribute("href") is not { } href) continue;
                Assert.True(NoteAddress.IsOfThisServer(href) || NoteAddress.IsOfTheWeb(href), href);
                Assert.True(href[0] == '/' ? run % 2 != 0 : element.GetAttribute("rel") is "noopener noreferrer nofollow", href);
            }
        }
    }

    [Fact]
    public void No_text_throws_or_grows()
    {
        string[] hard =
        [
            new('*', 4000), new('[', 4000), new('`', 4000), string.Concat(Enumerable.Repeat("**a ", 1000)), string.Concat(Enumerable.Repeat("*a**b", 800)), string.Concat(Enumerable.Repeat("[a](", 1000)),
            string.Concat(Enumerable.Repeat("- \n", 1300)), string.Concat(Enumerable.Repeat("```\n", 1000)), new('\\', 4000), new('x', 1 << 20), "\\", "*", "**", "[", "[](", "`", "```", "\ud83d",
        ];
        Assert.All(hard, text =>
        {
            var blocks = NoteText.Blocks(text);
            Assert.True(blocks.Sum(Length) <= Math.Max(text.Length, 1));
            Assert.True(NoteText.FirstLine(text, 20).Length <= 20);
        });
        Assert.Empty(NoteText.Blocks(null));
        Assert.Empty(NoteText.Blocks(" \n\t\n"));
    }

    [Theory]
    [InlineData("\n\n**UCX** `mmap`s\nsecond", "UCX mmaps")]
    [InlineData("- first\n- second", "first")]
    [InlineData("```\nstack\nmore", "stack")]
    [InlineData("[the issue](https://a.example) says", "the issue says")]
    [InlineData("a line that is longer than fits", "a line that is lo…")]
    [InlineData("", "")]
    public void The_first_line_is_words_alone(string text, string line) => Assert.Equal(line, NoteText.FirstLine(text, 18));

    private static int Length(NoteBlock block) => block switch
    {
        NoteParagraph paragraph => NoteText.Words(paragraph.Parts).Length,
        NoteList list => list.Items.Sum(i => NoteText.Words(i).Length),
        NoteCode code => code.Text.Length,
        _ => 0,
    };
}

/// <summary>Compares markup without the attributes that every link has.</summary>
internal static class NoteMarkup
{
    public static void InnerMarkup(this IElement element, string html)
    {
        foreach (var link in element.QuerySelectorAll("a"))
        {
            link.RemoveAttribute("target");
            link.RemoveAttribute("rel");
        }
        foreach (var code in element.QuerySelectorAll("pre")) code.RemoveAttribute("tabindex");
        var lines = element.InnerHtml.Split('\n').Select(l => l.Trim());
        Assert.Equal(html, element.QuerySelector("pre") is null ? string.Concat(lines) : element.InnerHtml.Trim());
    }
}
