using System.Text.Json;
using MemScope.Core.Model;
using MemScope.Web.Answers;

namespace MemScope.Web.Exports;

/// <summary>A sampled profile for speedscope (www.speedscope.app/file-format-schema.json), frames once each. It knows no negative weights, so a comparison is two profiles: now, and the base.</summary>
internal static class SpeedscopeExport
{
    /// <summary>Writes all chains that weigh something, heaviest first.</summary>
    public static async Task WriteAsync(StackAnswer answer, string name, Stream to, CancellationToken cancel)
    {
        var stream = new ExportStream(to);
        await using var json = new Utf8JsonWriter(stream.Buffer);
        json.WriteStartObject();
        json.WriteString("$schema", "https://www.speedscope.app/file-format-schema.json");
        json.WriteString("exporter", "MemScope");
        json.WriteString("name", name);
        json.WriteStartObject("shared");
        json.WriteStartArray("frames");
        foreach (var frame in answer.Frames)
        {
            json.WriteStartObject();
            json.WriteString("name", ExportedNames.Of(frame));
            if (frame.File is { } file) json.WriteString("file", file);
            if (frame.Line is { } line) json.WriteNumber("line", line);
            json.WriteEndObject();
            await PassAsync();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartArray("profiles");
        await WriteProfileAsync(name, answer.Samples.WeightOf);
        if (answer.IsComparison) await WriteProfileAsync($"{name}, base", answer.Samples.BaseOf);
        json.WriteEndArray();
        json.WriteEndObject();
        await json.FlushAsync(cancel);
        await stream.FlushAsync(cancel);

        async Task WriteProfileAsync(string title, Func<int, long> weight)
        {
            var total = Enumerable.Range(0, answer.Samples.Count).SumOf(chain => Math.Max(0, weight(chain)));
            json.WriteStartObject();
            json.WriteString("type", "sampled");
            json.WriteString("name", title);
            json.WriteString("unit", answer.Head.Weight == "calls" ? "none" : "bytes");
            json.WriteNumber("startValue", 0);
            json.WriteNumber("endValue", total);
            json.WriteStartArray("samples");
            for (var chain = 0; chain < answer.Samples.Count; chain++)
            {
                if (weight(chain) <= 0) continue;
                json.WriteStartArray();
                WriteChain(answer.Samples.FramesOf(chain));
                json.WriteEndArray();
                await PassAsync();
            }
            json.WriteEndArray();
            json.WriteStartArray("weights");
            for (var chain = 0; chain < answer.Samples.Count; chain++)
            {
                if (weight(chain) <= 0) continue;
                json.WriteNumberValue(weight(chain));
                await PassAsync();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }

        void WriteChain(ReadOnlySpan<int> frames)
        {
            for (var i = frames.Length - 1; i >= 0; i--) json.WriteNumberValue(frames[i]);
        }

        async ValueTask PassAsync()
        {
            if (json.BytesPending > 16 << 10) await json.FlushAsync(cancel);
            await stream.PassAsync(cancel);
        }
    }
}
