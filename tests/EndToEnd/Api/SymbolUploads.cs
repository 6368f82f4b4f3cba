using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Api;

/// <summary>Sends symbol files and traces whose names were taken out.</summary>
internal static partial class SymbolUploads
{
    [GeneratedRegex(@"\(.*\+0x[0-9a-f]+\) \[", RegexOptions.None, 1000)]
    private static partial Regex Names();

    /// <summary>Uploads the trace of a case in which the frames of its program have no names; tells the process.</summary>
    public static async Task<string> UploadBlankedAsync(this ServerProcess server, string name, string module, string? newName = null)
    {
        var text = Encoding.UTF8.GetString(Fixtures.Unzipped("strace", name + ".txt.gz"));
        var blanked = string.Join('\n', text.Split('\n').Select(l => l.Contains(module, StringComparison.Ordinal) ? Names().Replace(l, "() [") : l)).Replace(module, newName ?? module, StringComparison.Ordinal);
        return (await server.UploadAsync(Encoding.UTF8.GetBytes(blanked), $"host={Uploads.NewHost()}&pid=3358")).Text("processId");
    }

    /// <summary>Frames of a module in an answer.</summary>
    public static List<JsonElement> OwnFrames(JsonElement answer, string module) =>
        [.. answer.GetProperty("items").EnumerateArray().SelectMany(i => i.GetProperty("frames").EnumerateArray()).Where(f => f.GetProperty("module").GetString() == module)];

    /// <summary>What an answer says of a module.</summary>
    public static JsonElement ModuleOf(JsonElement answer, string module) => answer.GetProperty("modules").EnumerateArray().Single(m => m.Text("module") == module);

    /// <summary>The callchains once nothing is being looked up any more.</summary>
    public static async Task<JsonElement> NamedAsync(this ServerProcess server, string process, string query = "")
    {
        while (true)
        {
            var answer = await server.JsonAsync($"api/v1/processes/{process}/callchains{query}");
            if (answer.GetProperty("pendingFrames").GetInt32() == 0) return answer;
            await Task.Delay(100);
        }
    }

    /// <summary>Sends a symbol file and checks the answer's status; tells the build id.</summary>
    public static async Task<string> PutSymbolsAsync(this ServerProcess server, byte[] file, string name, HttpStatusCode expected, string? encoding = null)
    {
        using var response = await server.SendSymbolsAsync(file, name, encoding);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, $"{response.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement.Text("buildId");
    }

    /// <summary>Sends a symbol file.</summary>
    public static Task<HttpResponseMessage> SendSymbolsAsync(this ServerProcess server, byte[] file, string name, string? encoding = null)
    {
        var content = new ByteArrayContent(file);
        if (encoding is not null) content.Headers.ContentEncoding.Add(encoding);
        return server.Client.PutAsync(new Uri("api/v1/symbols?name=" + Uri.EscapeDataString(name), UriKind.Relative), content);
    }
}
