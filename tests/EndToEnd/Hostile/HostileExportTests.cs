using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MemScope.Core;
using MemScope.Core.Formats;
using MemScope.EndToEnd.Tests.Api;
using MemScope.EndToEnd.Tests.Hosting;

namespace MemScope.EndToEnd.Tests.Hostile;

/// <summary>What leaves the server as a file says what a process is called, and does nothing where it is opened: no formula, no markup, no header, no line of its own.</summary>
[Collection(nameof(HostileSite))]
public sealed partial class HostileExportTests(HostileSite site)
{
    private ServerProcess Server => site.Server;

    [Fact]
    public async Task Every_answer_is_data_of_its_kind()
    {
        var (wrong, marks) = (new List<string>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var process in (Guid[])[site.Case, site.Wide, site.Formats[0]])
        {
            foreach (var address in await AddressesAsync(process))
            {
                using var answer = await Server.Client.GetAsync(new Uri(address, UriKind.Relative));
                var bytes = await answer.Content.ReadAsByteArrayAsync();
                // A profile of all that was allocated tells nothing that is live, and not every process has two snapshots of one track.
                if (answer.StatusCode == System.Net.HttpStatusCode.NotFound && (address.Contains("weight=live", StringComparison.Ordinal) || address.Contains("/diff?", StringComparison.Ordinal))) continue;
                if (!answer.IsSuccessStatusCode) wrong.Add($"{address}: {(int)answer.StatusCode} {Encoding.UTF8.GetString(bytes)}");
                else wrong.AddRange(Faults(answer, bytes).Take(3).Select(fault => $"{address}: {fault}"));
                marks.UnionWith(Mark().Matches(Encoding.UTF8.GetString(bytes)).Select(m => m.Value));
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(20)));
        Assert.Empty(Payloads.Marked.Except(marks));
    }

    [Fact]
    public async Task What_is_refused_is_not_written_back_as_markup()
    {
        var wrong = new List<string>();
        foreach (var payload in Payloads.All.Select(p => Uri.EscapeDataString(Payloads.Printable(p))))
        {
            foreach (var address in (string[])[$"p/{payload}", $"s/{payload}", $"p/{site.Wide}/findings/{payload}", $"api/v1/processes?verdict={payload}", $"api/v1/processes/{site.Wide}/regions?sort={payload}", $"api/v1/symbols/{payload}", $"sign-in?return={payload}"])
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, UriKind.Relative));
                request.Headers.TryAddWithoutValidation("Accept", "text/html");
                using var answer = await Server.Client.SendAsync(request);
                var body = await answer.Content.ReadAsStringAsync();
                if ((int)answer.StatusCode >= 500) wrong.Add($"{address}: {(int)answer.StatusCode}");
                if (answer.Content.Headers.ContentType?.MediaType == "text/html" && Markup().Match(body) is { Success: true } markup) wrong.Add($"{address}: {markup.Value}");
                if (answer.Headers.Contains("Set-Cookie") && answer.Headers.GetValues("Set-Cookie").Any(c => c.Contains("pwn", StringComparison.Ordinal))) wrong.Add($"{address}: a cookie");
            }
            if (wrong.Count > 10) break;
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    /// <summary>Everything that can be asked of a process, in every form that it is given in.</summary>
    private async Task<List<string>> AddressesAsync(Guid process)
    {
        var p = $"api/v1/processes/{process}";
        List<string> all = [p, $"{p}/captures", $"{p}/heap-profiles", $"{p}/figures?limit=1000", $"{p}/overview", $"{p}/findings", $"{p}/recipes", $"{p}/traces"];
        foreach (var table in (string[])["snapshots?limit=1000", "snapshots/1?", "regions?limit=1000", "series?by=region&top=50", "series?by=category", "growth?by=backing&top=200", "notes?", "heap-courses?", "ledger?", "diff?base=1&current=2", "callchains?weight=mapped", "callchains?weight=live"])
            all.AddRange([$"{p}/{table}", $"{p}/{table}&format=csv"]);
        foreach (var item in await ItemsAsync($"{p}/traces")) all.AddRange([$"{p}/traces/{item.Text("id")}", $"{p}/traces/{item.Text("id")}/timeline?by=calls&format=csv", $"{p}/traces/{item.Text("id")}/blocks?format=csv", $"{p}/traces/{item.Text("id")}/blocks"]);
        foreach (var weight in (string[])["mapped", "live"])
            foreach (var item in await ItemsAsync(weight == "live" ? $"{p}/heap-profiles" : $"{p}/traces"))
                all.AddRange(((string[])["folded", "pprof", "speedscope", "csv"]).Select(form => $"{p}/callchains?weight={weight}&trace={item.Text("id")}&format={form}"));
        foreach (var item in await ItemsAsync($"{p}/findings")) all.AddRange([$"{p}/findings/{item.Text("rule")}", $"{p}/findings/{item.Text("rule")}?format=markdown"]);
        foreach (var item in await ItemsAsync($"{p}/captures")) all.AddRange([$"api/v1/captures/{item.Text("id")}", $"api/v1/captures/{item.Text("id")}/content"]);
        return all;
    }

    private async Task<IEnumerable<JsonElement>> ItemsAsync(string address) => (await Server.JsonAsync(address)).GetProperty("items").EnumerateArray();

    private static IEnumerable<string> Faults(HttpResponseMessage answer, byte[] bytes)
    {
        var type = answer.Content.Headers.ContentType?.MediaType ?? "";
        foreach (var header in answer.Headers.Concat(answer.Content.Headers))
            if (header.Key == "Set-Cookie" || (header.Key == "Content-Disposition" && answer.Content.Headers.ContentDisposition?.DispositionType != "attachment") || header.Value.Any(v => v.Any(char.IsControl) || (header.Key != "Content-Disposition" && v.Contains(Payloads.MarkStart, StringComparison.Ordinal)))) yield return $"header {header.Key}: {string.Join(' ', header.Value)}";
        if (!answer.Headers.TryGetValues("X-Content-Type-Options", out _)) yield return "its type may be guessed";
        if (type is "text/html" or "image/svg+xml" or "application/xhtml+xml" or "") yield return $"would be opened as {type}";
        var text = Encoding.UTF8.GetString(bytes);
        var query = answer.RequestMessage!.RequestUri!.Query;
        var faults = type switch
        {
            "application/json" when query.Contains("speedscope", StringComparison.Ordinal) && text.Contains("\"weights\":[", StringComparison.Ordinal) && !text.Contains("\"weights\":[]", StringComparison.Ordinal) => Reread("speedscope", bytes),
            "application/json" => Try(() => JsonDocument.Parse(bytes)),
            "text/csv" => Csv(text),
            "text/markdown" => MarkdownFaults.Of(text),
            _ when query.Contains("pprof", StringComparison.Ordinal) => Reread("pprof", bytes),
            _ when query.Contains("folded", StringComparison.Ordinal) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => !FoldedLine().IsMatch(l)).Select(l => $"no folded stack: {l}"),
            _ => [],
        };
        foreach (var fault in faults) yield return fault;
    }

    private static string[] Reread(string format, byte[] bytes) => Try(() => CaptureReader.Parse(new MemoryStream(bytes), null, format, Limits.Default));

    private static string[] Try(Action read)
    {
        try
        {
            read();
            return [];
        }
        catch (Exception e) when (e is JsonException or CaptureRefusedException)
        {
            return [e.Message];
        }
    }

    /// <summary>Reads it as RFC 4180 has it: as many cells in every row, and none that a spreadsheet would run.</summary>
    private static IEnumerable<string> Csv(string text)
    {
        var (rows, row, cell, quoted) = (new List<List<string>>(), new List<string>(), new StringBuilder(), false);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quoted && c == '"' && i + 1 < text.Length && text[i + 1] == '"') cell.Append(text[i++]);
            else if (c == '"' && (quoted || cell.Length == 0)) quoted = !quoted;
            else if (!quoted && (c == ',' || c == '\n'))
            {
                row.Add(cell.ToString().TrimEnd('\r'));
                cell.Clear();
                if (c == ',') continue;
                rows.Add(row);
                row = [];
            }
            else cell.Append(c);
        }
        if (quoted || row.Count > 0 || cell.Length > 0) yield return "ends within a row";
        foreach (var one in rows.Where(r => r.Count != rows[0].Count)) yield return $"{one.Count} cells instead of {rows[0].Count}: {string.Join('|', one)}";
        foreach (var one in rows.SelectMany(r => r).Where(c => c is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] && !double.TryParse(c, CultureInfo.InvariantCulture, out _))) yield return $"a formula: {one}";
    }

    [GeneratedRegex(@"pwn\d{3}", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Mark();

    /// <summary>A tag or an attribute whose mark was written as it came.</summary>
    [GeneratedRegex(@"<[a-zA-Z!/][^<>]{0,200}pwn\d{3}|<script>(?:alert|__pwned)|onerror=alert", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Markup();

    [GeneratedRegex(@"^[^\p{Cc}\u2028\u2029]+ \d+(?: \d+)?$", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex FoldedLine();
}
