using MemScope.Web.Hosting;
using MemScope.Web.Security;

namespace MemScope.Web.Tests.Security;

public sealed class SignInPageTests
{
    [Theory]
    [InlineData("/p/1?x=2", "/p/1?x=2")]
    [InlineData("/", "/")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("https://evil.example", "/")]
    [InlineData("javascript:alert(1)", "/")]
    [InlineData("/a\nb", "/")]
    [InlineData("", "/")]
    [InlineData(null, "/")]
    public void Only_paths_of_this_server_are_returned_to(string? target, string path) => Assert.Equal(path, SignInPage.LocalPath(target));

    [Theory]
    [InlineData("/s/abc", "/s/…")]
    [InlineData("/S/abc/series", "/s/…")]
    [InlineData("/shares", "/shares")]
    public void The_key_of_a_share_is_in_no_log(string path, string masked) => Assert.Equal(masked, RequestPaths.Masked(path));
}
