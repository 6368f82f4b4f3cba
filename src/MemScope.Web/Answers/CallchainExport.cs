using MemScope.Core.Model;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Callchains in the formats of other tools.</summary>
public static class CallchainExport
{
    /// <summary>Folded stacks, root first: <c>main;serve_request;blob_store_append 98304</c> (flamegraph.pl).</summary>
    public static string Folded(CallchainsWire answer)
    {
        var text = new StringBuilder();
        foreach (var item in answer.Items)
        {
            if (item.Bytes == 0) continue;
            text.AppendJoin(';', item.Frames.Reverse().Select(FoldedName)).Append(item.Frames.Count == 0 ? "[no stack]" : "");
            text.Append(CultureInfo.InvariantCulture, $" {item.Bytes}\n");
        }
        return text.ToString();
    }

    /// <summary>A sampled profile for speedscope (www.speedscope.app/file-format-schema.json).</summary>
    public static byte[] Speedscope(CallchainsWire answer, string name)
    {
        var frames = new Dictionary<(string Name, string? File, int? Line), int>();
        var samples = answer.Items.Where(i => i.Bytes > 0).Select(i => i.Frames.Reverse().Select(Index).ToArray()).ToList();
        var weights = answer.Items.Where(i => i.Bytes > 0).Select(i => i.Bytes).ToList();
        return JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["$schema"] = "https://www.speedscope.app/file-format-schema.json",
            ["exporter"] = "MemScope",
            ["name"] = name,
            ["shared"] = new { frames = frames.OrderBy(f => f.Value).Select(f => new { name = f.Key.Name, file = f.Key.File, line = f.Key.Line }) },
            ["profiles"] = new[]
            {
                new { type = "sampled", name, unit = answer.Weight == "calls" ? "none" : "bytes", startValue = 0, endValue = weights.SumOf(w => w), samples, weights },
            },
        });

        int Index(FrameWire frame)
        {
            var key = (NameOf(frame), frame.File, frame.Line);
            if (!frames.TryGetValue(key, out var index)) frames[key] = index = frames.Count;
            return index;
        }
    }

    /// <summary>A frame's name, or <c>module+0xoffset</c> when there is none.</summary>
    public static string NameOf(FrameWire frame) =>
        frame.Function ?? (frame.Module is null ? $"0x{frame.Offset ?? "?"}" : $"{Path.GetFileName(frame.Module)}+0x{frame.Offset ?? "?"}");

    /// <summary>The separator of folded stacks cannot occur in a name.</summary>
    private static string FoldedName(FrameWire frame) => NameOf(frame).Replace(';', ':').ReplaceLineEndings(" ");
}
