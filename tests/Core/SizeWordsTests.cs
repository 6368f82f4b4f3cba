using MemScope.Core.Analysis;

namespace MemScope.Tests;

public sealed class SizeWordsTests
{
    [Theory]
    [InlineData(0, "0 bytes")]
    [InlineData(1023, "1023 bytes")]
    [InlineData(1024, "1.00 KiB")]
    [InlineData(9850880, "9.39 MiB")]
    [InlineData(-9850880, "9.39 MiB")]
    [InlineData(51376128, "49.0 MiB")]
    [InlineData(1L << 40, "1.00 TiB")]
    public void Sizes_have_three_figures(long bytes, string text) => Assert.Equal(text, SizeWords.Size(bytes));

    [Theory]
    [InlineData(23, "23 s")]
    [InlineData(240, "4 min")]
    [InlineData(12600, "3.5 h")]
    [InlineData(12 * 86400, "12 d")]
    public void Lengths_have_a_fitting_unit(int seconds, string text) => Assert.Equal(text, SizeWords.Length(TimeSpan.FromSeconds(seconds)));
}
