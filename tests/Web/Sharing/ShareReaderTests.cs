using System.Text.Json;
using MemScope.Web.Sharing;
using MemScope.Web.Wire;

namespace MemScope.Web.Tests.Sharing;

public sealed class ShareReaderTests
{
    private static readonly SharedViewWire View = new(new ShareRequestWire("overview"), "title", default,
        new ProcessWire(default, "h", 1, "c", "", null, new Dictionary<string, string>(), 0, null, null, null, null, new AssessmentWire("unclear", null, null, "")), new WindowWire("smaps", 1, 1, default, default, 1, false));

    [Fact]
    public void A_document_tells_its_version_and_is_read_again()
    {
        var document = JsonSerializer.SerializeToElement(View, ShareReader.Json);
        Assert.Equal(SharedViewWire.KnownVersion, document.GetProperty("version").GetInt32());
        Assert.Equal("title", ShareReader.Read(document)?.Title);
    }

    [Theory]
    [InlineData("2")]
    [InlineData("0")]
    [InlineData("\"1\"")]
    [InlineData("null")]
    public void A_version_that_is_not_known_is_not_shown(string version)
    {
        var text = JsonSerializer.Serialize(View, ShareReader.Json).Replace("\"version\":1", "\"version\":" + version, StringComparison.Ordinal);
        Assert.Null(ShareReader.Read(JsonSerializer.Deserialize<JsonElement>(text)));
    }

    [Fact]
    public void A_document_from_before_there_was_a_version_is_read()
    {
        var text = JsonSerializer.Serialize(View, ShareReader.Json).Replace("\"version\":1,", "", StringComparison.Ordinal);
        Assert.DoesNotContain("version", text, StringComparison.Ordinal);
        Assert.Equal("title", ShareReader.Read(JsonSerializer.Deserialize<JsonElement>(text))?.Title);
    }
}
