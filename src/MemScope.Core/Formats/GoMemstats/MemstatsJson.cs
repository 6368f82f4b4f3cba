using System.Text.Json;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.GoMemstats;

/// <summary>
/// Reads <c>/debug/vars</c> (package expvar), or a <c>runtime.MemStats</c> written as JSON; many one after the other too:
/// <code>
/// {
/// "cmdline": ["./m","go"],
/// "memstats": {"Alloc":12577960,"TotalAlloc":3144886768,"Sys":40744200,"HeapAlloc":12577960,"PauseNs":[5808,5889],"BySize":[{"Size":0,"Mallocs":0,"Frees":0}]}
/// }
/// </code>
/// </summary>
internal sealed class MemstatsJson
{
    private const int MaxDepth = 64;
    private readonly Stack<MemstatsKeys> _objects = [];
    private readonly List<string> _commandLine = [];

    /// <summary>What was found.</summary>
    public List<SideFigures> Figures { get; } = [];

    /// <summary>Reads a text; false when it is not JSON to its end. What was found before is kept.</summary>
    public bool TryRead(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth, AllowTrailingCommas = true, AllowMultipleValues = true });
            while (reader.Read()) Take(ref reader);
            return true;
        }
        catch (JsonException)
        {
            while (_objects.Count > 0) End();
            return false;
        }
    }

    private void Take(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.StartObject) _objects.Push(new MemstatsKeys());
        else if (reader.TokenType == JsonTokenType.EndObject) End();
        else if (reader.TokenType == JsonTokenType.PropertyName && _objects.Count > 0) TakeProperty(ref reader);
    }

    private void TakeProperty(ref Utf8JsonReader reader)
    {
        var isCommandLine = reader.ValueTextEquals("cmdline"u8);
        var key = reader.ValueSpan.Length <= 64 ? Text.NameTable.Decode(reader.ValueSpan) : null;
        if (!reader.Read()) return;
        if (reader.TokenType == JsonTokenType.Number && key is not null && reader.TryGetInt64(out var value)) _objects.Peek().Add(key, value);
        else if (reader.TokenType == JsonTokenType.StartArray && isCommandLine) TakeCommandLine(ref reader);
        // PauseNs, PauseEnd, BySize.
        else if (reader.TokenType == JsonTokenType.StartArray) reader.Skip();
        else Take(ref reader);
    }

    private void TakeCommandLine(ref Utf8JsonReader reader)
    {
        _commandLine.Clear();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.String) _commandLine.Add(Text.NameTable.Decode(reader.HasValueSequence ? default : reader.ValueSpan));
            else reader.TrySkip();
        }
    }

    private void End()
    {
        var keys = _objects.Pop();
        if (keys.AreMemstats) Figures.Add(keys.Figures(new ProcessHint(CommandLine: _commandLine.Count == 0 ? null : string.Join(' ', _commandLine))));
    }
}
