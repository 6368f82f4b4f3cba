namespace MemScope.Symbols.Tests;

public sealed class BuildIdTests
{
    [Theory]
    [InlineData("01234567")]
    [InlineData("f72f69af713c8826e8b6807633c47366aed3aa3c")]
    [InlineData("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    public void Lower_case_hex_of_8_to_64_digits_is_a_build_id(string text)
    {
        Assert.True(BuildId.TryParse(text, out var id));
        Assert.Equal(text, id.Hex);
        Assert.Equal(text, $"{id}");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0123456")]
    [InlineData("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0")]
    [InlineData("ABCDEF01")]
    [InlineData("../../../etc/passwd")]
    [InlineData("0123456\n")]
    [InlineData("01234567\n")]
    [InlineData("0123456\0")]
    [InlineData("%2e%2e%2f012345")]
    [InlineData("C:012345678")]
    [InlineData("٠١٢٣٤٥٦٧")]
    [InlineData("/01234567")]
    [InlineData("01234567/..")]
    public void Anything_else_is_refused(string? text)
    {
        Assert.False(BuildId.TryParse(text, out var id));
        Assert.Equal("", id.Hex);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(3, false)]
    [InlineData(4, true)]
    [InlineData(8, true)]
    [InlineData(16, true)]
    [InlineData(20, true)]
    [InlineData(32, true)]
    [InlineData(33, false)]
    [InlineData(4096, false)]
    public void A_descriptor_of_4_to_32_bytes_is_a_build_id(int bytes, bool accepted)
    {
        Assert.Equal(accepted, BuildId.TryFromBytes(new byte[bytes], out var id));
        Assert.Equal(accepted ? bytes * 2 : 0, id.Hex.Length);
    }
}
