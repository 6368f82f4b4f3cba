using MemScope.Core.Model;
using MemScope.Web.Symbolication;

namespace MemScope.Web.Tests.Symbolication;

public sealed class FrameLookupTests
{
    [Theory]
    [InlineData(FrameAddressKind.FileOffset, 0x3185UL, null, "file 0x3185")]
    [InlineData(FrameAddressKind.LinkAddress, ulong.MaxValue, null, "link 0xffffffffffffffff")]
    [InlineData(FrameAddressKind.InModule, 0x11deUL, 0x1eUL, "printed 0x11de +0x1e")]
    public void It_is_written_and_read_again(FrameAddressKind kind, ulong address, ulong? offset, string text)
    {
        var lookup = new FrameLookup(kind, address, offset);
        Assert.Equal(text, lookup.ToString());
        Assert.Equal(lookup, FrameLookup.Parse(text));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("file")]
    [InlineData("file 3185")]
    [InlineData("file 0x")]
    [InlineData("file 0x10000000000000000")]
    [InlineData("other 0x1")]
    [InlineData("file 0x1 0x2")]
    [InlineData("file 0x1 +0x2 +0x3")]
    [InlineData("file  0x1")]
    public void Anything_else_is_none(string? text) => Assert.Null(FrameLookup.Parse(text));
}
