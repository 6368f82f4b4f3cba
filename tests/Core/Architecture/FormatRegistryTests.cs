using System.Reflection;
using MemScope.Core.Formats;
using MemScope.Tests;

namespace MemScope.Core.Tests.Architecture;

public sealed class FormatRegistryTests
{
    private static readonly Lazy<HashSet<string>> FixtureFormats = new(ReadFixtures);

    public static TheoryData<string> Slugs => [.. InputFormats.All.Select(f => f.Slug)];

    [Fact]
    public void Every_format_that_is_declared_is_registered()
    {
        var declared = typeof(InputFormat).Assembly.GetTypes()
            .SelectMany(t => t.GetProperties(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(p => p.PropertyType == typeof(InputFormat))
            .Select(p => ((InputFormat)p.GetValue(null)!).Slug)
            .ToList();
        Assert.NotEmpty(declared);
        Assert.Equal(declared.Order(StringComparer.Ordinal), InputFormats.All.Select(f => f.Slug).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Slugs_are_unique_and_fit_into_an_address() =>
        Assert.All(InputFormats.All.CountBy(f => f.Slug), s =>
        {
            Assert.Equal(1, s.Value);
            Assert.Matches("^[a-z][a-z0-9-]*$", s.Key);
        });

    [Theory]
    [MemberData(nameof(Slugs))]
    public void It_has_a_page_in_the_documentation(string slug)
    {
        var pages = Directory.EnumerateFiles(Path.Combine(Fixtures.RepositoryRoot, "docs", "formats"), "*.md");
        Assert.Contains(pages, p => File.ReadAllText(p).Contains($"`{slug}`", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Slugs))]
    public void It_has_a_fixture_that_is_recognised_as_it(string slug) => Assert.Contains(slug, FixtureFormats.Value);

    private static HashSet<string> ReadFixtures()
    {
        var formats = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(Fixtures.PathOf(), "*", SearchOption.AllDirectories).Where(IsCapture))
        {
            using var content = File.OpenRead(file);
            try
            {
                formats.Add(CaptureReader.Read(content, Path.GetFileName(file), null, Limits.Default).Parsed.Format);
            }
            catch (CaptureRefusedException)
            {
                // A fixture of a file that must be refused.
            }
        }
        return formats;
    }

    private static bool IsCapture(string file) => !file.EndsWith(".dump.txt", StringComparison.Ordinal) && !file.StartsWith(Fixtures.PathOf("elf"), StringComparison.Ordinal);
}
