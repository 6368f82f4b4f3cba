using System.Text.Json;
using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Jemalloc;

/// <summary>
/// jemalloc's statistics as JSON (src/stats.c). Print options leave parts out; before 5.3 it is spread over lines.
/// <code>
/// {"jemalloc":{"version":"5.3.0-0-g54eaed1d8b56","config":{…},"opt":{…},"arenas":{"narenas":9,"quantum":16,"page":4096,…},
/// "stats":{"allocated":1606000,"active":1921024,"metadata":2837120,"metadata_thp":0,"resident":4706304,"mapped":10342400,"retained":2240512,"zero_reallocs":0,…},
/// "stats.arenas":{"merged":{"nthreads":1,"uptime_ns":11999999,"pactive":469,"pdirty":8,"pmuzzy":0,…},"0":{…}}}}
/// </code>
/// </summary>
internal static class JemallocStatsJson
{
    private const int MaxDepth = 64;

    /// <summary>Where the first object begins, or -1.</summary>
    public static int IndexOf(ReadOnlySpan<byte> text)
    {
        var key = "\"jemalloc\""u8;
        for (var at = 0; ;)
        {
            var found = text[at..].IndexOf(key);
            if (found < 0) return -1;
            found += at;
            at = found + key.Length;
            var open = found - 1;
            while (open >= 0 && IsBlank(text[open])) open--;
            var next = at;
            while (next < text.Length && IsBlank(text[next])) next++;
            if (open >= 0 && text[open] == '{' && next < text.Length && text[next] == ':') return open;
        }
    }

    /// <summary>Reads the object at the beginning of a text; what stands behind its last brace is not looked at.</summary>
    /// <returns>How long it is, and whether it was read to its end.</returns>
    public static (int Length, bool IsWhole) Read(ReadOnlySpan<byte> text, JemallocStats stats)
    {
        var length = LengthOf(text);
        try
        {
            var reader = new Utf8JsonReader(length < 0 ? text : text[..length], new JsonReaderOptions { MaxDepth = MaxDepth });
            var path = new string[MaxDepth + 1];
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName) continue;
                path[reader.CurrentDepth] = reader.ValueSpan.Length <= 64 ? NameTable.Decode(reader.ValueSpan) : "";
                var depth = reader.CurrentDepth;
                if (!reader.Read()) break;
                if (reader.TokenType == JsonTokenType.StartArray) reader.Skip();
                else if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number)) Take(path.AsSpan(2, Math.Max(depth - 1, 0)), number, stats);
                else if (reader.TokenType == JsonTokenType.String && depth == 2 && path[2] is "version") stats.Version = NameTable.Decode(reader.ValueSpan);
            }
            return (length < 0 ? text.Length : length, length >= 0);
        }
        catch (JsonException)
        {
            return (length < 0 ? text.Length : length, false);
        }
    }

    /// <summary>A number by its path below "jemalloc".</summary>
    private static void Take(ReadOnlySpan<string> path, long number, JemallocStats stats)
    {
        switch (path)
        {
            case ["stats", "metadata_thp" or "zero_reallocs"]:
                stats.AddCount(path[1], number);
                break;
            case ["stats", var name]:
                stats.AddBytes(name, number);
                break;
            case ["arenas", "page"]:
                stats.PageBytes = number;
                break;
            case ["arenas", "narenas"]:
                stats.AddCount("narenas", number);
                break;
            case ["stats.arenas", var arena, "nthreads" or "pactive" or "pdirty" or "pmuzzy"]:
                stats.AddOfArena(arena == "merged", path[2], number);
                break;
        }
    }

    /// <summary>Length up to the brace that closes the first one, or -1 when there is none.</summary>
    private static int LengthOf(ReadOnlySpan<byte> text)
    {
        var depth = 0;
        var inString = false;
        for (var i = 0; i < text.Length; i++)
        {
            var b = text[i];
            if (inString && b == '\\') i++;
            else if (b == '"') inString = !inString;
            else if (!inString && b == '{') depth++;
            else if (!inString && b == '}' && --depth == 0) return i + 1;
        }
        return -1;
    }

    private static bool IsBlank(byte b) => b is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';
}
