using System.Buffers;
using System.Text.Json;
using MemScope.Symbols.Lines;

namespace MemScope.Web.Symbolication;

/// <summary>Frames of one address as they are kept in the database: <c>[["leaky","/leak.c",12,true],…]</c>, innermost first.</summary>
internal static class LinesCodec
{
    /// <summary>The frames as UTF-8 JSON.</summary>
    public static byte[] Write(IReadOnlyList<SymbolizedFrame> frames)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartArray();
        foreach (var frame in frames)
        {
            json.WriteStartArray();
            json.WriteStringValue(frame.Function);
            json.WriteStringValue(frame.File);
            if (frame.Line is { } line) json.WriteNumberValue(line);
            else json.WriteNullValue();
            json.WriteBooleanValue(frame.Inlined);
            json.WriteEndArray();
        }
        json.WriteEndArray();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The frames of a stored answer; null when it is of another form.</summary>
    public static IReadOnlyList<SymbolizedFrame>? Read(ReadOnlySpan<byte> stored)
    {
        try
        {
            var json = new Utf8JsonReader(stored);
            if (!json.Read() || json.TokenType is not JsonTokenType.StartArray) return null;
            var frames = new List<SymbolizedFrame>(2);
            while (json.Read() && json.TokenType is JsonTokenType.StartArray)
            {
                var function = Text(ref json);
                var file = Text(ref json);
                json.Read();
                int? line = json.TokenType is JsonTokenType.Number ? json.GetInt32() : null;
                json.Read();
                frames.Add(new SymbolizedFrame(function, file, line, json.GetBoolean()));
                json.Read();
            }
            return frames;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static string? Text(ref Utf8JsonReader json)
    {
        json.Read();
        return json.GetString();
    }
}
