using MemScope.Web.Answers.Searching;

namespace MemScope.Web.Tests.Answers.Searching;

/// <summary>What the text in the search box may mean.</summary>
public sealed class SearchTextTests
{
    [Theory]
    [InlineData("0x7f1f60000123", 0x7f1f60000123)]
    [InlineData("  0X7F1F60000123 ", 0x7f1f60000123)]
    [InlineData("7f1f60000123", 0x7f1f60000123)] // as maps prints it
    [InlineData("7f1f5f925000-7f1f62200000", 0x7f1f5f925000)] // as pages copy a range
    [InlineData("7f1f5f925000–7f1f62200000", 0x7f1f5f925000)]
    [InlineData("0x0", 0)]
    public void An_address_is_read_however_it_is_written(string text, long address) => Assert.Equal((ulong)address, SearchText.Of(text)!.Address);

    [Theory]
    [InlineData("32305")] // a pid
    [InlineData("123456789012")] // a number, not hex
    [InlineData("0x")]
    [InlineData("0xg")]
    [InlineData("0x12345678901234567")] // more than 64 bits
    [InlineData("libucs.so")]
    [InlineData("a-b")]
    public void Other_text_is_no_address(string text) => Assert.Null(SearchText.Of(text)!.Address);

    [Fact]
    public void A_kernel_address_keeps_its_highest_bit() => Assert.Equal(0xffffffffff600000, SearchText.Of("0xffffffffff600000")!.Address);

    [Theory]
    [InlineData("1B7F0C3A", "1b7f0c3a")]
    [InlineData("0123456789abcdef0123456789abcdef01234567", "0123456789abcdef0123456789abcdef01234567")]
    [InlineData("facade", "facade")] // a name as well
    public void Hex_digits_may_begin_a_build_id(string text, string buildId) => Assert.Equal(buildId, SearchText.Of(text)!.BuildId);

    [Theory]
    [InlineData("0x1b7f0c3a")]
    [InlineData("1b7f0")]
    [InlineData("ucs_mpool_grow")]
    public void What_is_marked_short_or_no_hex_begins_none(string text) => Assert.Null(SearchText.Of(text)!.BuildId);

    [Theory]
    [InlineData("ucs", true)]
    [InlineData("facade", true)]
    [InlineData("std::vector<int>", true)]
    [InlineData("uc", false)] // would be in every name
    [InlineData("32305", false)]
    [InlineData("0x7f1f60000123", false)]
    [InlineData("7f1f60000123", false)]
    public void Functions_are_looked_for_by_what_may_be_a_name(string text, bool isName) => Assert.Equal(isName, SearchText.Of(text)!.IsName);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \t")]
    public void Blanks_ask_for_nothing(string? text) => Assert.Null(SearchText.Of(text));

    [Fact]
    public void Long_text_is_cut() => Assert.Equal(200, SearchText.Of(new string('a', 100_000))!.Text.Length);
}
