using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using MemScope.Agent.Parsing;
using MemScope.Core;
using MemScope.Core.Formats;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Agent;

public sealed class ParseReportTests
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Encoder = JavaScriptEncoder.Default };

    [Theory]
    [InlineData("cases/ucx-leak/smaps.tar.gz")]
    [InlineData("cases/ucx-leak/status.tar.gz")]
    [InlineData("smaps/odd-maps.maps.txt")]
    [InlineData("mixed/times-behind.txt.gz")]
    [InlineData("strace/modes/split.tar.gz")]
    [InlineData("strace/modes/unix.txt")]
    [InlineData("leak-oracle/leak.memcheck.xml")]
    public void Every_member_is_printed_under_its_name(string fixture)
    {
        var path = Fixtures.PathOf(fixture.Split('/'));
        using var content = File.OpenRead(path);
        var report = ParseReport.Of(fixture, CaptureReader.Parse(content, Path.GetFileName(path), null, Limits.Default));
        var written = new MemoryStream();
        report.WriteTo(written);

        using var expected = JsonDocument.Parse(JsonSerializer.Serialize(report, Options));
        using var actual = JsonDocument.Parse(written.ToArray());
        Assert.True(JsonElement.DeepEquals(expected.RootElement, actual.RootElement), Encoding.UTF8.GetString(written.ToArray()));
        Assert.EndsWith("\n", Encoding.UTF8.GetString(written.ToArray()), StringComparison.Ordinal);
    }
}
