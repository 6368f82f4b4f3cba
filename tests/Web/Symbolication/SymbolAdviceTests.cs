using MemScope.Web.Symbolication;

namespace MemScope.Web.Tests.Symbolication;

public sealed class SymbolAdviceTests
{
    private const string Id = "93ac61ec5a8eb1396f9fbd350e3169a558528a40";

    [Fact]
    public void A_library_of_the_distribution_is_found_by_its_build_id()
    {
        var advice = SymbolAdvice.For("/usr/lib/x86_64-linux-gnu/libc.so.6", Id);
        Assert.Equal([$"/usr/lib/debug/.build-id/93/{Id[2..]}.debug", "/usr/lib/x86_64-linux-gnu/libc.so.6"], advice.Candidates);
        Assert.Equal($"curl -sS -T /usr/lib/debug/.build-id/93/{Id[2..]}.debug SERVER/api/v1/symbols/", advice.Command);
        Assert.Equal(["apt install libc6-dbg", "debuginfod-find debuginfo " + Id], advice.Hints);
    }

    [Fact]
    public void A_package_is_named_only_where_it_is_known() => Assert.Equal(["find-dbgsym-packages /usr/lib/libfoo.so.1"], SymbolAdvice.For("/usr/lib/libfoo.so.1", null).Hints);

    [Fact]
    public void A_file_that_was_replaced_is_not_asked_for_by_its_name() => Assert.Equal([$"/usr/lib/debug/.build-id/93/{Id[2..]}.debug"], SymbolAdvice.For("/opt/app (deleted)", Id).Candidates);

    [Theory]
    [InlineData("/opt/a b;rm -rf ~", "curl -sS -T '/opt/a b;rm -rf ~' SERVER/api/v1/symbols/")]
    [InlineData("/opt/it's", "curl -sS -T '/opt/it'\\''s' SERVER/api/v1/symbols/")]
    [InlineData("/opt/$(reboot)", "curl -sS -T '/opt/$(reboot)' SERVER/api/v1/symbols/")]
    public void A_hostile_path_stands_quoted(string path, string command) => Assert.Equal(command, SymbolAdvice.For(path, null).Command);

    [Theory]
    [InlineData("[vdso]")]
    [InlineData("[jit]")]
    [InlineData("")]
    [InlineData("/opt/line\nbreak")]
    [InlineData("libfoo.so")]
    public void What_is_no_file_has_none(string module) => Assert.Null(SymbolAdvice.For(module, "not a build id").Command);
}
