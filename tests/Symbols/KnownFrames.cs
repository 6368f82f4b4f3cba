using System.Globalization;
using System.Text.Json;

namespace MemScope.Symbols.Tests;

/// <summary>A frame of a corpus' symbols.json: what binutils' addr2line says of a return address less one.</summary>
/// <param name="Module">Path of the module when it ran.</param>
/// <param name="BuildId">Its build id.</param>
/// <param name="InStack">The number that strace printed.</param>
/// <param name="LookedUp">One byte less.</param>
/// <param name="Printed">What strace printed before it: <c>main+0x28a</c>.</param>
/// <param name="Frames">Function and <c>file:line</c>, innermost first; <c>??:?</c> where not known.</param>
internal sealed record KnownFrame(string Module, string BuildId, ulong InStack, ulong LookedUp, string Printed, IReadOnlyList<(string Function, string At)> Frames)
{
    /// <summary>The function that the code belongs to once inlining is done.</summary>
    public string Physical => Frames[^1].Function;

    /// <summary>The frames of a case: <c>raw-mmap-leak</c>.</summary>
    public static IReadOnlyList<KnownFrame> Of(string name)
    {
        using var json = JsonDocument.Parse(Fixture.Bytes($"elf/{name}/symbols.json"));
        return [.. json.RootElement.GetProperty("frames").EnumerateArray().Select(Read)];
    }

    private static KnownFrame Read(JsonElement frame) => new(
        frame.GetProperty("module").GetString()!, frame.GetProperty("build_id").GetString()!, Hex(frame, "offset_in_stack"), Hex(frame, "looked_up"),
        frame.GetProperty("strace_symbol").GetString()!,
        [.. frame.GetProperty("frames_innermost_first").EnumerateArray().Select(f => (f.GetProperty("function").GetString()!, f.GetProperty("at").GetString()!))]);

    private static ulong Hex(JsonElement frame, string name) =>
        ulong.Parse(frame.GetProperty(name).GetString().AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
