using System.Globalization;
using System.Net;
using System.Text.Json;
using MemScope.EndToEnd.Tests.Hosting;

namespace MemScope.EndToEnd.Tests.Api;

/// <summary>The map's columns say what the snapshot's mappings say.</summary>
[Collection(nameof(ApiTests))]
public sealed class MapTests(ApiServer api)
{
    [Fact]
    public async Task The_columns_are_the_mappings_of_the_snapshot_in_their_order()
    {
        var process = await api.Server.UploadCaseAsync("ucx-leak", Uploads.NewHost(), "smaps.tar.gz");
        var vmas = (await api.Server.JsonAsync($"api/v1/processes/{process}/snapshots/79")).GetProperty("vmas").EnumerateArray().ToList();
        var map = await api.Server.JsonAsync($"api/v1/processes/{process}/map?at=79&from=56");

        Assert.Equal(vmas.Select(v => v.Text("start")), Texts(map, "starts"));
        Assert.Equal(vmas.Select(v => v.Text("end")), Texts(map, "ends"));
        Assert.Equal(vmas.Select(v => v.Number("rssBytes")), map.GetProperty("rssBytes").EnumerateArray().Select(n => n.GetDouble()));
        Assert.Equal(vmas.Select(v => v.Text("regionId")), Texts(map, "regions"));
        Assert.Equal(vmas.Select(v => v.Text("name")), Named(map, "name", "names"));
        Assert.Equal(vmas.Select(v => v.Text("perms")), Named(map, "perms", "permissions"));
        Assert.Equal(vmas.Select(v => v.Text("category")), Named(map, "category", "categories"));
    }

    [Fact]
    public async Task What_lay_elsewhere_at_the_windows_first_snapshot_is_told_and_nothing_else()
    {
        var process = await api.Server.UploadCaseAsync("ucx-leak", Uploads.NewHost(), "smaps.tar.gz");
        var then = await RangesAsync(process, 56);
        var now = await RangesAsync(process, 79);
        var map = await api.Server.JsonAsync($"api/v1/processes/{process}/map?at=79&from=56");
        var before = map.GetProperty("before");
        Assert.Equal(56, before.Number("number"));
        var told = before.GetProperty("rows").EnumerateArray().Select(r => r.GetInt32())
            .Zip(Texts(before, "starts").Zip(Texts(before, "ends"))).ToDictionary(r => Texts(map, "regions")[r.First], r => r.Second, StringComparer.Ordinal);
        Assert.NotEmpty(told);
        foreach (var (region, range) in now)
        {
            var was = then.TryGetValue(region, out var known) ? known : (range.Start, range.Start);
            if (was == range) Assert.False(told.ContainsKey(region));
            else Assert.Equal(was, told[region]);
        }
    }

    [Theory]
    [InlineData("at=1000000", HttpStatusCode.NotFound)]
    [InlineData("at=-1", HttpStatusCode.BadRequest)]
    [InlineData("at=%00", HttpStatusCode.BadRequest)]
    [InlineData("span=1-2", HttpStatusCode.BadRequest)]
    public async Task A_snapshot_that_there_is_not_is_refused(string query, HttpStatusCode status)
    {
        var process = await api.Server.UploadCaseAsync("steady-healthy", Uploads.NewHost(), "smaps.tar.gz");
        using var answer = await api.Server.Client.GetAsync(new Uri($"api/v1/processes/{process}/map?{query}", UriKind.Relative));
        Assert.Equal(status, answer.StatusCode);
    }

    private async Task<Dictionary<string, (string Start, string End)>> RangesAsync(Guid process, int number) =>
        (await api.Server.JsonAsync(string.Create(CultureInfo.InvariantCulture, $"api/v1/processes/{process}/snapshots/{number}"))).GetProperty("vmas").EnumerateArray()
            .ToDictionary(v => v.Text("regionId"), v => (v.Text("start"), v.Text("end")), StringComparer.Ordinal);

    private static List<string> Texts(JsonElement of, string column) => [.. of.GetProperty(column).EnumerateArray().Select(t => t.GetString()!)];

    private static IEnumerable<string> Named(JsonElement map, string column, string list) => map.GetProperty(column).EnumerateArray().Select(place => Texts(map, list)[place.GetInt32()]);
}
