using MemScope.Web.Ingest;

namespace MemScope.Web.Tests.Ingest;

public sealed class UploadedNameTests
{
    [Theory]
    [InlineData("attachment; filename=\"smaps.txt\"", "smaps.txt")]
    [InlineData("attachment; filename*=UTF-8''gr%C3%B6%C3%9Fe.txt", "größe.txt")]
    [InlineData("form-data; name=\"f\"; filename=\"../../etc/passwd\"", "passwd")]
    [InlineData("form-data; name=\"f\"; filename=\"C:\\\\Users\\\\x\\\\log.gz\"", "log.gz")]
    [InlineData("form-data; name=\"f\"", "")]
    [InlineData("nonsense;;;", "")]
    [InlineData(null, "")]
    public void Folders_and_control_characters_are_dropped(string? header, string name) => Assert.Equal(name, UploadedName.Of(header));

    [Fact]
    public void A_long_name_keeps_its_end() => Assert.Equal(255, UploadedName.Clean(new string('a', 1000) + ".txt").Length);
}
