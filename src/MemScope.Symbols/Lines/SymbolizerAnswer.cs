using System.Text.Json;

namespace MemScope.Symbols.Lines;

/// <summary>Reads a line of <c>llvm-symbolizer --output-style=JSON</c>. Names and paths in it come from a hostile file.</summary>
/// <remarks>
/// <c>{"Address":"0x12e1","ModuleName":"/p","Symbol":[{"Column":39,"FileName":"/leak.c","FunctionName":"leaky","Line":12,…},…]}</c>, innermost first, or
/// <c>{"Address":"0x1","Error":{"Message":"Permission denied"},"ModuleName":"/p"}</c>. Unknown parts are "" and 0, in newer versions "??" as well.
/// </remarks>
internal static class SymbolizerAnswer
{
    /// <summary>Inlining deeper than that is cut: compilers stay far below.</summary>
    private const int MostFrames = 256;

    /// <summary>The frames as the tool names them, mangled.</summary>
    public static Symbolization Read(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return Unreadable();
            if (root.TryGetProperty("Error", out var error)) return Failure(Text(error, "Message") ?? "unknown error");
            if (!root.TryGetProperty("Symbol", out var symbols) || symbols.ValueKind != JsonValueKind.Array) return Unreadable();
            return Frames(symbols);
        }
        catch (JsonException)
        {
            return Unreadable();
        }
    }

    private static Symbolization Frames(JsonElement symbols)
    {
        var frames = new List<SymbolizedFrame>();
        var count = Math.Min(symbols.GetArrayLength(), MostFrames);
        for (var i = 0; i < count; i++)
        {
            var symbol = symbols[i];
            var frame = new SymbolizedFrame(Text(symbol, "FunctionName"), Text(symbol, "FileName"), Line(symbol), Inlined: i < count - 1);
            if (frame is { Function: null, File: null }) continue;
            frames.Add(frame);
        }
        return frames.Count > 0 ? new Symbolization(frames, null, null) : Symbolization.Of(SymbolMiss.UnknownAddress, "Neither a function nor a line covers the address.");
    }

    /// <summary>The child runs as another user, for whom the file or a folder above it is closed.</summary>
    public static Symbolization NotAllowed(string program) =>
        Symbolization.Of(SymbolMiss.NoSymbols, $"{program} runs as another user, who may not read the symbol file: check the rights of its folders.");

    /// <summary>The file itself was found readable before: what the tool says is about its right to read it, or about its contents.</summary>
    private static Symbolization Failure(string message) => message.Contains("ermission denied", StringComparison.Ordinal)
        ? NotAllowed("llvm-symbolizer")
        : Symbolization.Of(SymbolMiss.Malformed, "llvm-symbolizer cannot read the symbol file.");

    private static Symbolization Unreadable() => Symbolization.Of(SymbolMiss.Unsupported, "llvm-symbolizer answered in an unknown form.");

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            && value.GetString() is { Length: > 0 } text and not "??" ? text : null;

    private static int? Line(JsonElement symbol) =>
        symbol.ValueKind == JsonValueKind.Object && symbol.TryGetProperty("Line", out var value) && value.ValueKind == JsonValueKind.Number
            && value.TryGetInt32(out var line) && line > 0 ? line : null;
}
