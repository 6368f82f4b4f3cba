using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text.Json;
using MemScope.Core.Formats.Text;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Python;

/// <summary>
/// Reads <c>memray transform gprof2dot</c>: what was live at the peak, or with --leaks at the end. Callchains are leaf first; the functions that they point to come behind them.
/// <code>
/// {"version": 0, "costs": [{"description": "Memory", "unit": "bytes"}], "events": [{"callchain": [0, 1], "cost": [4096]}], "functions": [{"name": "f", "module": "/app/a.py"}]}
/// </code>
/// </summary>
internal sealed class MemrayGprofParser
{
    private readonly List<(byte[] Callchain, long Bytes)> _events = [];
    private readonly List<RawFrame> _functions = [];
    private readonly NameTable _names;

    private MemrayGprofParser(NameTable names) => _names = names;

    /// <summary>Reads a file to its end.</summary>
    public static ParsedCapture Parse(CaptureText file, ParseOptions options)
    {
        var diagnostics = new DiagnosticBag();
        var parser = new MemrayGprofParser(options.Names);
        try
        {
            parser.Read(file.Whole().Span);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            diagnostics.Add("PYTHON005", Severity.Warning, 0, "the file is cut off or damaged; what stands before was kept");
        }
        var stacks = new StackTable(parser.FrameOf, options);
        var sites = new Dictionary<int, long>();
        foreach (var (callchain, bytes) in parser._events)
        {
            ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(sites, stacks.Intern(callchain), out _);
            sum = Saturating.Add(sum, bytes);
        }
        if (sites.Count == 0) return ParsedCapture.Nothing("memray-gprof2dot", [.. diagnostics.ToList()]);
        var dump = new HeapDump([.. sites.Select(s => new HeapSite { Callchain = s.Key, Live = s.Value, Line = 1 })]) { Line = 1, LiveBytes = sites.Values.SumOf(b => b) };
        return ParsedCapture.Of("memray-gprof2dot", "", new HeapProfile("memray-gprof2dot", ProcessHint.None, stacks.Callchains, [dump]) { Unit = WeightUnit.Bytes }, diagnostics.ToList());
    }

    private void Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var part = "";
        var isChain = false;
        string? name = null, module = null;
        var chain = new List<byte>();
        long? bytes = null;
        Span<byte> digits = stackalloc byte[24];
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.CurrentDepth == 1) part = reader.ValueTextEquals("events"u8) ? "events" : reader.ValueTextEquals("functions"u8) ? "functions" : "";
                else if (part == "events") isChain = reader.ValueTextEquals("callchain"u8);
                else if (part == "functions" && reader.ValueTextEquals("name"u8) && reader.Read() && reader.TokenType == JsonTokenType.String) name = Text(ref reader);
                else if (part == "functions" && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("module"u8) && reader.Read() && reader.TokenType == JsonTokenType.String) module = Text(ref reader);
            }
            else if (part == "events" && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number))
            {
                if (!isChain) bytes ??= Math.Max(0, number);
                else if (Utf8Formatter.TryFormat(number, digits, out var length)) chain.AddRange([.. digits[..length], (byte)'\n']);
            }
            else if (reader is { TokenType: JsonTokenType.EndObject, CurrentDepth: 2 })
            {
                if (part == "events" && bytes is { } cost) _events.Add(([.. chain], cost));
                if (part == "functions") _functions.Add(new RawFrame { Function = name, File = string.IsNullOrEmpty(module) ? null : module });
                chain.Clear();
                (name, module, bytes) = (null, null, null);
            }
        }
    }

    private string Text(ref Utf8JsonReader reader) => _names.Get(reader.ValueIsEscaped ? System.Text.Encoding.UTF8.GetBytes(JsonString.Of(ref reader)) : reader.ValueSpan);

    private RawFrame? FrameOf(ReadOnlySpan<byte> index, NameTable names)
    {
        var cursor = new ByteCursor(index);
        return cursor.TryInt(out var number) && number < _functions.Count ? _functions[number] : new RawFrame();
    }
}
