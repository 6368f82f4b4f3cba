using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Api;

/// <summary>Bodies that are cut, damaged, endless or nonsense: an exact refusal, never a 500, never a 2xx, nothing stored, memory bounded.</summary>
[Collection(nameof(ApiTests))]
public sealed class HostileUploadTests(ApiServer api)
{
    private const long MostGrowthBytes = 64 << 20;

    private ServerProcess Server => api.Server;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_gzip_that_is_cut_off_anywhere_is_refused(bool asEncoding)
    {
        var host = Uploads.NewHost();
        var whole = await File.ReadAllBytesAsync(Fixtures.Case("raw-mmap-leak", "smaps.tar.gz"));
        (string, string)[] headers = asEncoding ? [("Content-Encoding", "gzip")] : [];
        for (var percent = 1; percent < 100; percent++)
        {
            using var response = await Server.PostAsync(whole[..(whole.Length * percent / 100)], $"host={host}&pid=1", headers);
            var problem = await response.ProblemAsync(HttpStatusCode.BadRequest);
            Assert.Contains("gzip", problem.Text("code"), StringComparison.Ordinal);
        }
        Assert.Empty((await Server.JsonAsync($"api/v1/processes?q={host}")).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task A_plain_archive_that_is_cut_off_is_refused()
    {
        var host = Uploads.NewHost();
        var tar = Fixtures.Unzipped("cases", "raw-mmap-leak", "smaps.tar.gz");
        for (var percent = 5; percent < 100; percent += 5)
        {
            using var response = await Server.PostAsync(tar[..(tar.Length * percent / 100)], $"host={host}&pid=1");
            Assert.True((int)response.StatusCode is 400 or 422, $"{percent} %: {response.StatusCode}");
        }
        Assert.Empty((await Server.JsonAsync($"api/v1/processes?q={host}")).GetProperty("items").EnumerateArray());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_bomb_is_refused_without_taking_memory(bool asEncoding)
    {
        var bomb = Bomb(1L << 30);
        (string, string)[] headers = asEncoding ? [("Content-Encoding", "gzip")] : [];
        using (await Server.PostAsync(bomb, "host=h&pid=1", headers)) { }
        var before = ResidentBytes();
        using var response = await Server.PostAsync(bomb, "host=h&pid=1", headers);
        var problem = await response.ProblemAsync(HttpStatusCode.RequestEntityTooLarge);

        Assert.True(bomb.Length < 2 << 20, "a bomb is small");
        Assert.Equal(System.Text.Json.JsonValueKind.Number, problem.GetProperty("limit").ValueKind);
        Assert.InRange(ResidentBytes() - before, long.MinValue, MostGrowthBytes);
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("br")]
    [InlineData("gzip, gzip")]
    [InlineData("gzip, br")]
    [InlineData("deflate")]
    public async Task An_encoding_that_is_not_read_is_refused(string encoding)
    {
        using var response = await Server.PostAsync(Uploads.Gzip("x"u8.ToArray()), "host=h&pid=1", ("Content-Encoding", encoding));
        await response.ProblemAsync(HttpStatusCode.UnsupportedMediaType, "content-encoding");
        Assert.Equal("gzip, identity", Assert.Single(response.Headers.GetValues("Accept-Encoding")));
    }

    [Fact]
    public async Task A_body_that_is_not_the_gzip_it_says_is_refused()
    {
        using var response = await Server.PostAsync("Rss: 4 kB\n"u8.ToArray(), "host=h&pid=1", ("Content-Encoding", "gzip"));
        await response.ProblemAsync(HttpStatusCode.BadRequest, "not-gzip");
    }

    [Fact]
    public async Task Random_bytes_are_refused()
    {
        var random = new Random(1);
        foreach (var length in (int[])[1, 2, 3, 16, 100, 511, 512, 4096, 100_000])
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            using var response = await Server.PostAsync(bytes, "host=h&pid=1");
            Assert.InRange((int)response.StatusCode, 400, 422);
            await response.ProblemAsync(response.StatusCode);
        }
    }

    [Fact]
    public async Task An_empty_body_is_refused()
    {
        using var empty = await Server.PostAsync([], "host=h&pid=1");
        await empty.ProblemAsync(HttpStatusCode.UnprocessableEntity, "empty");
        using var packed = await Server.PostAsync(Uploads.Gzip([]), "host=h&pid=1");
        await packed.ProblemAsync(HttpStatusCode.UnprocessableEntity, "empty");
    }

    [Fact]
    public async Task Damaged_captures_are_answered_with_what_could_be_read_or_a_refusal()
    {
        var random = new Random(2);
        var good = Fixtures.Members("cases", "ucx-leak", "smaps.tar.gz").First().Text;
        for (var i = 0; i < 150; i++)
        {
            var bytes = (byte[])good.Clone();
            for (var n = random.Next(1, 60); n > 0; n--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            using var response = await Server.PostAsync(bytes[..random.Next(1, bytes.Length)], $"host=damaged&pid={(i + 1).ToString(CultureInfo.InvariantCulture)}");
            Assert.True((int)response.StatusCode is 201 or (>= 400 and < 500), await response.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task A_digest_is_checked()
    {
        var body = Fixtures.Members("cases", "raw-mmap-leak", "smaps.tar.gz").First().Text;
        var right = $"sha-256=:{Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(body))}:";
        var host = Uploads.NewHost();
        await Server.UploadAsync(body, $"host={host}&pid=1", ("Content-Digest", right));
        using var wrong = await Server.PostAsync([.. body, (byte)'\n'], $"host={host}&pid=1", ("Content-Digest", right));
        await wrong.ProblemAsync(HttpStatusCode.BadRequest, "digest-mismatch");
        using var malformed = await Server.PostAsync(body, $"host={host}&pid=1", ("Content-Digest", "sha-256=abc"));
        await malformed.ProblemAsync(HttpStatusCode.BadRequest, "bad-digest");
        await Server.UploadAsync(body, $"host={host}&pid=1", ("Content-Digest", "future-hash=:AAAA:"));
    }

    [Fact]
    public async Task A_body_shorter_than_its_length_is_not_stored()
    {
        var host = Uploads.NewHost();
        var text = Encoding.ASCII.GetString(Fixtures.Members("cases", "raw-mmap-leak", "smaps.tar.gz").First().Text);
        using (var socket = new System.Net.Sockets.TcpClient())
        {
            await socket.ConnectAsync(Server.Address.Host, Server.Address.Port);
            var stream = socket.GetStream();
            var head = string.Create(CultureInfo.InvariantCulture, $"POST /api/v1/captures?host={host}&pid=1 HTTP/1.1\r\nHost: {Server.Address.Authority}\r\nContent-Length: {text.Length + 100}\r\n\r\n{text}");
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
        }
        await Task.Delay(500);
        Assert.Empty((await Server.JsonAsync($"api/v1/processes?q={host}")).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task Names_that_look_like_markup_or_formulas_come_back_as_text()
    {
        const string name = "/tmp/<img src=x onerror=alert(1)>=cmd|' /C calc'!A0";
        var smaps = $"7f0000000000-7f0000001000 r--p 00000000 00:01 7                          {name}\nSize: 4 kB\nRss: 4 kB\n7f0000002000-7f0000003000 r--p 00000000 00:01 8                          =1+1\nSize: 4 kB\nRss: 4 kB\n";
        var answer = await Server.UploadAsync(Encoding.UTF8.GetBytes(smaps), $"host={Uploads.NewHost()}&pid=1");
        var process = answer.Text("processId");
        var names = (await Server.JsonAsync($"api/v1/processes/{process}/snapshots/1")).GetProperty("vmas").EnumerateArray().Select(v => v.Text("name"));
        var csv = await Server.Client.GetStringAsync(new Uri($"api/v1/processes/{process}/snapshots/1?format=csv", UriKind.Relative));
        var raw = await Server.Client.GetStringAsync(new Uri($"api/v1/processes/{process}/snapshots/1?format=csv&raw=1", UriKind.Relative));

        Assert.Equal([name, "=1+1"], names);
        Assert.Contains(",'=1+1,", csv, StringComparison.Ordinal);
        Assert.Contains(",=1+1,", raw, StringComparison.Ordinal);
    }

    private long ResidentBytes() =>
        long.Parse(File.ReadLines($"/proc/{Server.Pid.ToString(CultureInfo.InvariantCulture)}/status").Single(l => l.StartsWith("VmRSS:", StringComparison.Ordinal))[6..^2].Trim(), CultureInfo.InvariantCulture) * 1024;

    private static byte[] Bomb(long bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize))
        {
            var zeros = new byte[1 << 20];
            for (long written = 0; written < bytes; written += zeros.Length) gzip.Write(zeros);
        }
        return packed.ToArray();
    }
}
