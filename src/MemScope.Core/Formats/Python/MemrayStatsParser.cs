using System.Text.Json;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Python;

/// <summary>
/// Reads <c>memray stats --json</c> (src/memray/reporters/stats.py): sums over the whole run, and the places that allocated most.
/// <code>
/// {"total_num_allocations": 20, "total_bytes_allocated": 3341500, "allocator_type_distribution": {"MALLOC": 1013},
///  "top_allocations_by_size": [{"location": "f:/app/a.py:5", "size": 5242880}], "top_allocations_by_count": [{"location": "f:/app/a.py:5", "count": 20}],
///  "metadata": {"peak_memory": 1500000, "command_line": "app.py", "pid": 4711}}
/// </code>
/// </summary>
internal sealed class MemrayStatsParser
{
    private readonly Dictionary<string, HeapSite> _places = new(StringComparer.Ordinal);
    private readonly List<HeapSite> _allocators = [];
    private readonly List<Callchain> _callchains = [];
    private long? _allocations, _bytes, _peak;
    private int? _pid;
    private string? _commandLine;

    private MemrayStatsParser()
    {
    }

    /// <summary>Reads a file to its end.</summary>
    public static ParsedCapture Parse(CaptureText file, ParseOptions options)
    {
        var diagnostics = new DiagnosticBag();
        var parser = new MemrayStatsParser();
        try
        {
            parser.Read(file.Whole().Span);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            diagnostics.Add("PYTHON005", Severity.Warning, 0, "the file is cut off or damaged; what stands before was kept");
        }
        if (parser._bytes is null && parser._places.Count == 0) return ParsedCapture.Nothing("memray-stats", [.. diagnostics.ToList()]);
        var dump = new HeapDump([.. parser._places.Values, .. parser._allocators]) { Line = 1, AllocatedBytes = parser._bytes, AllocatedCount = parser._allocations };
        var profile = new HeapProfile("memray-stats", new ProcessHint(parser._pid, null, parser._commandLine), parser._callchains, [dump]) { Unit = WeightUnit.Bytes, PeakBytes = parser._peak };
        return ParsedCapture.Of("memray-stats", "", profile, diagnostics.ToList());
    }

    private void Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var (part, key) = ("", "");
        string? location = null;
        long? size = null, count = null;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    key = JsonString.Of(ref reader);
                    if (reader.CurrentDepth == 1) part = key;
                    break;
                case JsonTokenType.String when key == "location":
                    location = JsonString.Of(ref reader);
                    break;
                case JsonTokenType.String when part == "metadata" && key == "command_line":
                    _commandLine = JsonString.Of(ref reader);
                    break;
                case JsonTokenType.Number when reader.TryGetInt64(out var number):
                    if (key == "size") size = number;
                    else if (key == "count") count = number;
                    else TakeNumber(part, key, number);
                    break;
                case JsonTokenType.EndObject when reader.CurrentDepth == 2:
                    if (location is not null && part.StartsWith("top_allocations_", StringComparison.Ordinal)) Add(location, size, count);
                    (location, size, count) = (null, null, null);
                    break;
            }
        }
    }

    private void TakeNumber(string part, string key, long number)
    {
        if (part == "total_num_allocations") _allocations = number;
        else if (part == "total_bytes_allocated") _bytes = number;
        else if (part == "metadata" && key == "peak_memory") _peak = number;
        else if (part == "metadata" && key == "pid" && number is > 0 and <= int.MaxValue) _pid = (int)number;
        else if (part == "allocator_type_distribution") _allocators.Add(new HeapSite { Callchain = -1, Kind = key, AllocatedCount = number, Line = 1 });
    }

    private void Add(string location, long? bytes, long? count)
    {
        if (!_places.TryGetValue(location, out var site))
        {
            _callchains.Add(new Callchain([FrameOf(location)]));
            site = new HeapSite { Callchain = _callchains.Count - 1, Line = 1 };
        }
        _places[location] = site with { Allocated = bytes ?? site.Allocated, AllocatedCount = count ?? site.AllocatedCount };
    }

    /// <summary><c>function:file:line</c>; a function of C++ may hold colons itself, but none in front of a slash.</summary>
    private static RawFrame FrameOf(string location)
    {
        var last = location.LastIndexOf(':');
        if (last <= 0 || !int.TryParse(location.AsSpan(last + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var line)) return new RawFrame { Function = location };
        var first = location.IndexOf(":/", StringComparison.Ordinal);
        if (first <= 0 || first >= last) first = location.LastIndexOf(':', last - 1);
        return first <= 0 ? new RawFrame { File = location[..last], Line = line } : new RawFrame { Function = location[..first], File = location[(first + 1)..last], Line = line > 0 ? line : null };
    }
}
