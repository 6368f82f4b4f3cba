using System.Net;
using System.Text.RegularExpressions;
using MemScope.EndToEnd.Tests.Hosting;

namespace MemScope.EndToEnd.Tests.Pages;

[Collection(nameof(Site))]
public sealed partial class FirstVisitTests(Site site)
{
    private const long MostBytes = 700_000;

    [Fact]
    public async Task Scripts_and_styles_of_a_first_visit_are_sent_compressed_and_take_less_than_700_kB()
    {
        using var client = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None }) { BaseAddress = site.Server.Address };
        client.DefaultRequestHeaders.Add("Accept-Encoding", "gzip");
        var page = await client.GetStringAsync(new Uri($"p/{site.Leak}", UriKind.Relative));
        var named = Assets().Matches(page).Select(m => m.Groups["asset"].Value).ToList();
        Assert.Contains(named, a => a.EndsWith(".js", StringComparison.Ordinal));
        Assert.Contains(named, a => a.EndsWith(".css", StringComparison.Ordinal));
        // What scripts load themselves: the chart and its library.
        var loaded = Directory.GetFiles(Repository.PathOf("wwwroot", "js")).Select(f => "js/" + Path.GetFileName(f)).Append("lib/plotly-basic.min.js");
        var bytes = 0L;
        foreach (var asset in named.Concat(loaded))
        {
            using var answer = await client.GetAsync(new Uri(asset, UriKind.Relative));
            Assert.True(answer.IsSuccessStatusCode, asset);
            Assert.True(answer.Content.Headers.ContentEncoding.SequenceEqual(["gzip"]), $"{asset} is not compressed");
            bytes += (await answer.Content.ReadAsByteArrayAsync()).Length;
        }
        Assert.InRange(bytes, 1, MostBytes);
    }

    [GeneratedRegex("""(?:href|src)="(?<asset>[^"]+\.(?:css|js))["]""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Assets();
}
