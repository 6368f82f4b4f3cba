using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using MemScope.Core.Model;
using MemScope.Web.Sharing;
using MemScope.Web.Tests.Architecture;
using MemScope.Web.Tests.Components;
using MemScope.Web.Wire;

namespace MemScope.Web.Tests.Sharing;

/// <summary>The picture of a share is a file of its own: all of it is drawn, and nothing in it acts or is fetched.</summary>
public sealed partial class SharePictureTests
{
    private static readonly XNamespace s_svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void It_shows_title_figures_areas_and_the_run_with_the_fix()
    {
        var picture = Parsed(TicketSamples.Finding());
        var words = picture.Descendants(s_svg + "text").Select(t => t.Value).ToList();

        Assert.Equal("It grows", picture.Element(s_svg + "title")!.Value);
        Assert.Contains("It grows", words);
        Assert.Contains("12.3 → 49.0MiB", words);
        Assert.Subset(words.ToHashSet(StringComparer.Ordinal), new HashSet<string>(["49.0 MiB", "45.0 MiB", "4.00 MiB"], StringComparer.Ordinal));
        Assert.Equal(2, picture.Elements(s_svg + "path").Count());
        Assert.Contains(words, w => w.StartsWith("same program with the fix, run 14773: 12.0 MiB", StringComparison.Ordinal));
        Assert.Equal(2, picture.Elements(s_svg + "polyline").Count());
    }

    [Fact]
    public void The_run_begins_with_the_chart_and_lies_at_its_own_height()
    {
        var picture = Parsed(TicketSamples.Finding());
        var points = picture.Elements(s_svg + "polyline").First().Attribute("points")!.Value.Split(' ').Select(p => p.Split(',').Select(n => double.Parse(n, CultureInfo.InvariantCulture)).ToArray()).ToList();
        var grid = picture.Descendants(s_svg + "line").Where(l => l.Attribute("stroke")!.Value == LightColours.Grid).Select(l => (X1: Number(l, "x1"), X2: Number(l, "x2"), Y: Number(l, "y1"))).ToList();

        Assert.Equal(grid[0].X1, points[0][0], 1);
        Assert.Equal(grid[0].X1 + ((grid[0].X2 - grid[0].X1) * 45 / 90), points[^1][0], 1);
        // Grid lines are 10 MiB apart from 0 at the bottom; the run stays at 12.
        Assert.Equal(grid[0].Y + ((grid[1].Y - grid[0].Y) * 1.2), points[^1][1], 1);
    }

    [Fact]
    public void Whatever_a_process_is_called_the_file_is_one_picture_that_runs_and_fetches_nothing()
    {
        var picture = Parsed(TicketSamples.HostileFinding());

        Assert.Subset(new HashSet<string>(["svg", "title", "desc", "rect", "line", "circle", "path", "polyline", "text", "tspan"], StringComparer.Ordinal), picture.DescendantsAndSelf().Select(e => e.Name.LocalName).ToHashSet(StringComparer.Ordinal));
        Assert.All(picture.DescendantsAndSelf(), e => Assert.Equal(s_svg, e.Name.Namespace));
        var attributes = picture.DescendantsAndSelf().Attributes().Where(a => !a.IsNamespaceDeclaration).ToList();
        Assert.DoesNotContain(attributes, a => a.Name.LocalName.StartsWith("on", StringComparison.Ordinal) || a.Name.LocalName is "href" or "style" or "class" or "id");
        Assert.DoesNotContain(attributes, a => a.Value.Contains("url(", StringComparison.Ordinal) || a.Value.Contains("http", StringComparison.Ordinal));
        Assert.DoesNotContain("<script", picture.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void It_fits_into_its_size()
    {
        var picture = Parsed(TicketSamples.Finding(title: string.Join(' ', Enumerable.Repeat("memory", 200))));
        var (width, height) = (Number(picture, "width"), Number(picture, "height"));

        Assert.All(picture.Descendants(s_svg + "text"), t => Assert.InRange(Number(t, "y"), 0, height));
        Assert.All(picture.Descendants(s_svg + "text"), t => Assert.InRange(Number(t, "x"), 0, width));
        Assert.Equal(3, picture.Elements(s_svg + "text").Count(t => t.Value.StartsWith("memory memory", StringComparison.Ordinal)));
    }

    [Fact]
    public void Two_runs_side_by_side_are_two_lines()
    {
        var view = TicketSamples.Finding() with { Request = new ShareRequestWire("compare"), Compare = Samples.Compare(), Series = null };

        Assert.Equal([LightColours.Leak, LightColours.Healthy], Parsed(view).Elements(s_svg + "polyline").Select(p => p.Attribute("stroke")!.Value));
    }

    [Fact]
    public void A_view_without_a_course_has_none()
    {
        Assert.Null(SharePicture.Of(TicketSamples.Finding() with { Series = null }));
        Assert.Null(SharePicture.Of(TicketSamples.Finding() with { Series = Samples.Series(1 << 20) }));
    }

    [Theory]
    [InlineData("ucx_leak", "ucx_leak-32305.svg")]
    [InlineData("../../etc/passwd", "etc-passwd-32305.svg")]
    [InlineData("a\"; filename=\"b", "a---filename--b-32305.svg")]
    [InlineData("\r\n\u202E", "memory-32305.svg")]
    public void Its_name_is_one_of_a_file(string comm, string name) => Assert.Equal(name, SharePicture.FileName(TicketSamples.Finding() with { Process = Samples.Process(comm) }));

    [Fact]
    public void Its_colours_are_the_light_ones_of_the_pages()
    {
        var css = RepositoryFiles.Read("wwwroot/css/tokens.css");
        var tokens = Token().Matches(css).ToDictionary(m => m.Groups["name"].Value, m => m.Groups["light"].Value, StringComparer.Ordinal);
        var classes = CategoryClass().Matches(css).SelectMany(m => m.Groups["classes"].Value.Split(',').Select(c => (Slug: c.Trim()[3..], Token: m.Groups["token"].Value))).ToDictionary(c => c.Slug, c => tokens[c.Token], StringComparer.Ordinal);

        Assert.All(Enum.GetValues<Category>().Select(c => c.Slug()), slug => Assert.Equal(classes[slug], LightColours.Of(slug)));
        Assert.Equal([tokens["text"], tokens["text2"], tokens["text3"], tokens["line"], tokens["grid"], tokens["grow"], tokens["healthy"], tokens["leak"], tokens["retention"]],
            [LightColours.Text, LightColours.Second, LightColours.Third, LightColours.Line, LightColours.Grid, LightColours.Grow, LightColours.Healthy, LightColours.Leak, LightColours.Retention]);
    }

    private static XElement Parsed(SharedViewWire view) => XDocument.Parse(SharePicture.Of(view)!).Root!;

    private static double Number(XElement element, string attribute) => double.Parse(element.Attribute(attribute)!.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"--(?<name>[a-z0-9-]+): light-dark\((?<light>#[0-9A-F]{6}), ", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Token();

    [GeneratedRegex(@"^(?<classes>\.c-[a-z., -]+) \{ --c: var\(--(?<token>[a-z0-9-]+)\)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex CategoryClass();
}
