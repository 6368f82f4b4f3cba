using MemScope.Web.Api;

namespace MemScope.Web.Tests.Api;

public sealed class CsvAnswerTests
{
    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\tx", "'\tx")]
    [InlineData("\rx", "\"'\rx\"")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("a\"b", "\"a\"\"b\"")]
    [InlineData("a\nb", "\"a\nb\"")]
    [InlineData(" a", "\" a\"")]
    [InlineData("[heap]", "[heap]")]
    public void Texts_cannot_become_formulas_or_columns(string text, string cell) => Assert.Equal(cell, CsvAnswer.Cell(text, raw: false));

    [Fact]
    public void Numbers_stay_numbers()
    {
        Assert.Equal("-5", CsvAnswer.Cell(-5L, raw: false));
        Assert.Equal("-0.5", CsvAnswer.Cell(-0.5, raw: false));
        Assert.Equal("", CsvAnswer.Cell(double.NaN, raw: false));
        Assert.Equal("", CsvAnswer.Cell(null, raw: false));
        Assert.Equal("2026-11-20T15:41:00.000Z", CsvAnswer.Cell(new DateTimeOffset(2026, 11, 20, 16, 41, 0, TimeSpan.FromHours(1)), raw: false));
    }

    [Fact]
    public void Who_asks_for_it_gets_texts_as_they_are() => Assert.Equal("=1+1", CsvAnswer.Cell("=1+1", raw: true));
}
