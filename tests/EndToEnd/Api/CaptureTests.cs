using System.Formats.Tar;
using System.Net;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Api;

/// <summary>What was uploaded, and what is left of it.</summary>
public sealed class CaptureTests
{
    private static readonly TimeSpan DropLimit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Text_that_the_store_gives_back_is_dropped_and_comes_back_all_the_same()
    {
        await using var server = await ServerProcess.StartAsync(null, "--keep-text", "0");
        var texts = Fixtures.Members("cases", "odd-maps", "smaps.tar.gz").Select(m => m.Text).ToList();
        var sent = (await server.UploadAsync(Fixtures.Bytes("cases", "odd-maps", "smaps.tar.gz"), "host=h&pid=7&name=smaps.tar.gz")).GetProperty("captureId").GetGuid();
        for (var limit = DateTime.UtcNow + DropLimit; (await CaptureAsync(server, sent)).GetProperty("textDroppedAt").ValueKind is System.Text.Json.JsonValueKind.Null; await Task.Delay(200)) Assert.True(DateTime.UtcNow < limit, server.Output);

        Assert.Contains("the text of snapshots until the store gives back every number in it", server.Output, StringComparison.Ordinal);
        await using var content = await server.Client.GetStreamAsync(new Uri($"api/v1/captures/{sent}/content", UriKind.Relative));
        var whole = new MemoryStream();
        await content.CopyToAsync(whole);
        Assert.Equal(texts, Members(whole));
        // As it is, it can be uploaded again: the names of the files tell times, and the folder the process.
        var again = await server.UploadAsync(whole.ToArray(), "host=other&name=again.tar");
        Assert.Equal(texts.Count, again.GetProperty("snapshots").GetInt32());
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync(Fixtures.Bytes("cases", "odd-maps", "smaps.tar.gz"), "host=h&pid=7&name=smaps.tar.gz")).StatusCode);
        using var pin = await server.Client.PutAsync(new Uri($"api/v1/captures/{sent}/pin", UriKind.Relative), null);
        await pin.ProblemAsync(HttpStatusCode.Conflict, "text-dropped");
    }

    [Fact]
    public async Task The_bytes_of_a_capture_are_those_that_were_sent()
    {
        await using var server = await ServerProcess.StartAsync();
        var sent = (await server.UploadAsync(Fixtures.Bytes("cases", "odd-maps", "smaps.tar.gz"), "host=h&pid=7&name=smaps.tar.gz")).GetProperty("captureId").GetGuid();
        using var response = await server.Client.GetAsync(new Uri($"api/v1/captures/{sent}/content", UriKind.Relative));
        Assert.Equal(Fixtures.Unzipped("cases", "odd-maps", "smaps.tar.gz"), await response.Content.ReadAsByteArrayAsync());
        Assert.Equal(("attachment", "smaps.tar"), (response.Content.Headers.ContentDisposition?.DispositionType, response.Content.Headers.ContentDisposition?.FileName));

        Assert.False((await CaptureAsync(server, sent)).GetProperty("pinned").GetBoolean());
        using var pin = await server.Client.PutAsync(new Uri($"api/v1/captures/{sent}/pin", UriKind.Relative), null);
        Assert.Equal(HttpStatusCode.NoContent, pin.StatusCode);
        Assert.True((await CaptureAsync(server, sent)).GetProperty("pinned").GetBoolean());
        Assert.Contains("the text of snapshots for 7 days", server.Output, StringComparison.Ordinal);
        using var unpin = await server.Client.DeleteAsync(new Uri($"api/v1/captures/{sent}/pin", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NoContent, unpin.StatusCode);
        Assert.False((await CaptureAsync(server, sent)).GetProperty("pinned").GetBoolean());
    }

    private static Task<System.Text.Json.JsonElement> CaptureAsync(ServerProcess server, Guid capture) => server.JsonAsync($"api/v1/captures/{capture}");

    private static List<byte[]> Members(MemoryStream archive)
    {
        archive.Position = 0;
        using var tar = new TarReader(archive, leaveOpen: true);
        var members = new List<byte[]>();
        while (tar.GetNextEntry() is { } entry)
        {
            var text = new MemoryStream();
            entry.DataStream!.CopyTo(text);
            members.Add(text.ToArray());
        }
        return members;
    }
}
