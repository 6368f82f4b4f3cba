using System.Text;
using MemScope.Core.Formats;

namespace MemScope.Tests;

/// <summary>What the page of formats and <c>GET /api/v1/formats</c> say.</summary>
public sealed class FormatPageTests
{
    private const int MostLines = 20;

    // Shown in words: it is no text.
    private const string Binary = "pprof";

    private static readonly string[] Snapshots = ["smaps", "maps", "pmap", "mixed"];

    public static TheoryData<string> Slugs => [.. InputFormats.All.Select(f => f.Slug)];

    [Theory]
    [MemberData(nameof(Slugs))]
    public void A_format_is_shown_by_some_lines_that_are_recognised_as_it(string slug)
    {
        var format = InputFormats.Find(slug)!;
        Assert.InRange(format.Sample.Split('\n').Length, 2, MostLines + 1);
        if (slug != Binary) Assert.Equal(slug, InputFormats.Sniff(Encoding.UTF8.GetBytes(format.Sample))?.Slug);
    }

    [Fact]
    public void Only_address_spaces_are_in_the_family_that_is_the_default() =>
        Assert.Equal(Snapshots.Order(StringComparer.Ordinal), InputFormats.All.Where(f => f.Family == FormatFamily.Snapshots).Select(f => f.Slug).Order(StringComparer.Ordinal));
}
