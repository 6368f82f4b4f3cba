using System.Globalization;
using MemScope.Core.Formats;

namespace MemScope.Tests;

/// <summary>Every format survives damage. <c>./memscope fuzz FORMAT --runs N</c> asks for more rounds than a test may take.</summary>
public sealed class FormatFuzzTests
{
    private const int Rounds = 1500;

    public static TheoryData<string> Slugs => [.. InputFormats.All.Select(f => f.Slug)];

    [Theory]
    [MemberData(nameof(Slugs))]
    public void Damaged_inputs_are_survived(string slug)
    {
        var result = new FuzzLoop(InputFormats.Find(slug)!).Run(Seeds.ByFormat[slug], Rounds, randomSeed: 7);
        Assert.True(result.Failure is null, Shown(result));
        Assert.Equal(Rounds, result.Inputs);
    }

    [Theory]
    [MemberData(nameof(Slugs))]
    public void An_input_cut_at_any_byte_is_survived(string slug)
    {
        var result = new FuzzLoop(InputFormats.Find(slug)!).Truncate(Seeds.ByFormat[slug][0]);
        Assert.True(result.Failure is null, Shown(result));
    }

    private static string Shown(FuzzResult result) =>
        string.Create(CultureInfo.InvariantCulture, $"{result.Failure}\nafter {result.Inputs} inputs, with:\n{Convert.ToBase64String(result.FailedInput ?? [])}");
}
