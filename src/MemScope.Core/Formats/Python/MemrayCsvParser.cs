using System.Runtime.InteropServices;
using MemScope.Core.Formats.Text;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Python;

/// <summary>
/// Reads <c>memray transform csv</c> (src/memray/reporters/transform.py): what was live at the peak, or with --leaks at the end; the file does not say which. Stacks are leaf first.
/// <code>
/// allocator,num_allocations,size,tid,thread_name,stack_trace
/// MALLOC,12,4096,1,0x1 (MainThread),compile;/app/routing.py;1119|build;/app/routing.py;1128
/// </code>
/// </summary>
internal sealed class MemrayCsvParser
{
    private const int NumberFields = 4, Count = 1, Size = 2;

    private readonly DiagnosticBag _diagnostics = new();
    private readonly ParseOptions _options;
    private readonly StackTable _stacks;
    private readonly Dictionary<(string Allocator, int Callchain), (long Bytes, long Count, int Line)> _sites = [];
    private readonly List<byte> _unquoted = [];

    private MemrayCsvParser(ParseOptions options)
    {
        _options = options;
        _stacks = new StackTable(ReadFrame, options) { Decode = Lines };
    }

    /// <summary>The first line.</summary>
    public static ReadOnlySpan<byte> Header => "allocator,num_allocations,size,tid,thread_name,stack_trace"u8;

    /// <summary>Reads a file to its end.</summary>
    public static ParsedCapture Parse(CaptureText file, ParseOptions options)
    {
        var parser = new MemrayCsvParser(options);
        var lines = file.Lines(options.Limits.LineBytes);
        while (lines.Next())
        {
            if (lines.Line.IsEmpty || lines.Line.StartsWith(Header)) continue;
            if (lines.IsTooLong) parser._diagnostics.Add("PYTHON002", Severity.Warning, lines.Number, $"a line longer than {options.Limits.LineBytes} bytes was skipped");
            else if (!parser.TakeRow(lines.Line, lines.Number)) parser._diagnostics.Add("PYTHON004", Severity.Warning, lines.Number, "a row was not understood and skipped", lines.Line);
        }
        return parser.Result();
    }

    private ParsedCapture Result()
    {
        var notes = _diagnostics.ToList();
        if (_sites.Count == 0) return ParsedCapture.Nothing("memray-csv", [.. notes]);
        var sites = _sites.Select(s => new HeapSite { Callchain = s.Key.Callchain, Kind = s.Key.Allocator, Live = s.Value.Bytes, LiveCount = s.Value.Count, Line = s.Value.Line }).ToList();
        var dump = new HeapDump(sites) { Line = 1, LiveBytes = sites.SumOf(s => s.Live ?? 0), LiveCount = sites.SumOf(s => s.LiveCount ?? 0) };
        return ParsedCapture.Of("memray-csv", "", new HeapProfile("memray-csv", ProcessHint.None, _stacks.Callchains, [dump]) { Unit = WeightUnit.Bytes }, notes);
    }

    private bool TakeRow(ReadOnlySpan<byte> line, int number)
    {
        Span<long> numbers = stackalloc long[NumberFields];
        var comma = line.IndexOf((byte)',');
        if (comma <= 0) return false;
        var allocator = line[..comma];
        var cursor = new ByteCursor(line[(comma + 1)..]);
        for (var i = 1; i < NumberFields; i++)
        {
            if (!cursor.TryDecimal(out var value) || value > long.MaxValue || !cursor.TrySkip((byte)',')) return false;
            numbers[i] = (long)value;
        }
        if (!TryField(ref cursor, out _) || !cursor.TrySkip((byte)',') || !TryField(ref cursor, out var stack) || !cursor.IsAtEnd) return false;
        ref var site = ref CollectionsMarshal.GetValueRefOrAddDefault(_sites, (_options.Names.Get(allocator), _stacks.Intern(stack)), out var exists);
        if (!exists) site.Line = number;
        site.Bytes = Saturating.Add(site.Bytes, numbers[Size]);
        site.Count = Saturating.Add(site.Count, numbers[Count]);
        return true;
    }

    /// <summary>A field, whose quotes are taken off and whose doubled ones are made single (RFC 4180).</summary>
    private bool TryField(ref ByteCursor cursor, out ReadOnlySpan<byte> field)
    {
        if (!cursor.TrySkip((byte)'"'))
        {
            var comma = cursor.Rest.IndexOf((byte)',');
            field = comma < 0 ? cursor.Rest : cursor.Rest[..comma];
            cursor.Skip(field.Length);
            return true;
        }
        _unquoted.Clear();
        field = default;
        while (true)
        {
            var quote = cursor.Rest.IndexOf((byte)'"');
            if (quote < 0) return false;
            _unquoted.AddRange(cursor.Rest[..quote]);
            cursor.Skip(quote + 1);
            if (!cursor.TrySkip((byte)'"')) break;
            _unquoted.Add((byte)'"');
        }
        field = CollectionsMarshal.AsSpan(_unquoted);
        return true;
    }

    /// <summary>One frame per line.</summary>
    private static byte[] Lines(ReadOnlySpan<byte> stack)
    {
        var lines = stack.ToArray();
        lines.AsSpan().Replace((byte)'|', (byte)'\n');
        return lines;
    }

    /// <summary><c>compile;/app/routing.py;1119</c>.</summary>
    private static RawFrame? ReadFrame(ReadOnlySpan<byte> line, NameTable names)
    {
        var last = line.LastIndexOf((byte)';');
        var first = last > 0 ? line[..last].LastIndexOf((byte)';') : -1;
        if (first < 0) return line.IsEmpty ? null : new RawFrame { Function = names.Get(line) };
        var cursor = new ByteCursor(line[(last + 1)..]);
        var file = line[(first + 1)..last];
        return new RawFrame { Function = first > 0 ? names.Get(line[..first]) : null, File = file.IsEmpty ? null : names.Get(file), Line = cursor.TryInt(out var number) && number > 0 ? number : null };
    }
}
