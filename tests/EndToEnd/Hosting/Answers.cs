using System.Net.Http.Json;
using System.Text.Json;

namespace MemScope.EndToEnd.Tests.Hosting;

/// <summary>Asks a server's API as a script would, without the server's own types.</summary>
internal static class Answers
{
    /// <summary>A JSON answer.</summary>
    public static async Task<JsonElement> JsonAsync(this ServerProcess server, string path) => await server.Client.GetFromJsonAsync<JsonElement>(path);

    /// <summary>The process whose page an upload has printed.</summary>
    public static Task<JsonElement> ProcessOfPageAsync(this ServerProcess server, string page)
    {
        var parts = new Uri(page.Trim()).AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return server.JsonAsync($"api/v1/processes/{Guid.Parse(parts[Array.IndexOf(parts, "p") + 1])}");
    }

    /// <summary>A member as text.</summary>
    public static string Text(this JsonElement element, string member) => element.GetProperty(member).GetString()!;

    /// <summary>A member as a number.</summary>
    public static double Number(this JsonElement element, string member) => element.GetProperty(member).GetDouble();
}
