using MemScope.Web.Components;

namespace MemScope.Web.Tests.Components;

/// <summary>Figures are written the same everywhere.</summary>
public sealed class FormatTests
{
    [Theory]
    [InlineData(37_100L << 10, "37,100")]
    [InlineData(-8L << 10, "\u22128")]
    [InlineData(0, "0")]
    public void KiB_has_commas_and_a_true_minus(long bytes, string text) => Assert.Equal(text, Format.KiB(bytes));

    [Theory]
    [InlineData(9_620L << 10, "+9,620")]
    [InlineData(-8L << 10, "\u22128")]
    [InlineData(0L, "—")]
    public void A_change_carries_its_sign_and_none_is_a_dash(long bytes, string text) => Assert.Equal(text, Format.KiBChange(bytes));

    [Fact]
    public void What_was_not_read_is_said_and_never_zero() => Assert.Equal("not captured", Format.KiBChange(null));

    [Theory]
    [InlineData(50_172 * 1024.0, "49.0")]
    [InlineData(9_620 * 1024.0, "9.39")]
    [InlineData(1_263_616.0 * 1024, "1,234")]
    [InlineData(0.0, "0.0")]
    public void MiB_has_three_digits(double bytes, string text) => Assert.Equal(text, Format.MiB(bytes));

    [Fact]
    public void A_rate_is_per_minute() => Assert.Equal("24.7", Format.MiBPerMinute(432_029));

    [Theory]
    [InlineData("/home/prefix/opt/ucx-1.19.0/lib/libucs.so.0.0.0", "…/lib/libucs.so.0.0.0")]
    [InlineData("[heap]", "[heap]")]
    [InlineData("/usr/lib/libc.so.6", "/usr/lib/libc.so.6")]
    public void A_path_loses_its_middle_and_keeps_its_file(string path, string text) => Assert.Equal(text, Format.ShortPath(path, 24));

    [Fact]
    public void A_path_without_another_slash_keeps_its_end_only() => Assert.EndsWith(new string('x', 100), Format.ShortPath("/a/" + new string('x', 100), 40), StringComparison.Ordinal);

    [Fact]
    public void A_range_has_twelve_digits_and_an_en_dash() => Assert.Equal("000000400000–7f1f62200000", Format.Range("400000-7f1f62200000"));

    [Fact]
    public void An_interval_is_given_as_its_half()
    {
        const double PerMinute = (1 << 20) / 60.0;

        Assert.Equal("± 0.02", Format.PlusMinus(24.68 * PerMinute, 24.72 * PerMinute));
        Assert.Equal("± under 0.01", Format.PlusMinus(24.7 * PerMinute, 24.7 * PerMinute));
    }

    [Fact]
    public void A_process_without_a_command_name_is_called_by_its_pid()
    {
        Assert.Equal("pid 32305", Format.Name(Samples.Process(comm: "")));
        Assert.Equal("ucx_leak 32305", Format.Name(Samples.Process()));
    }
}
