using MemScope.Web.Sharing;

namespace MemScope.Web.Tests.Sharing;

public sealed class ShareMarkdownTests
{
    [Theory]
    [InlineData("a*b_c", "a\\*b\\_c")]
    [InlineData("[x](y)", "\\[x\\]\\(y\\)")]
    [InlineData("<img src=x>", "\\<img src=x\\>")]
    [InlineData("line\nbreak\r\u0000", "line break  ")]
    [InlineData("plain text", "plain text")]
    public void Names_cannot_become_markup(string text, string escaped) => Assert.Equal(escaped, ShareMarkdown.Escape(text));
}
