using System.Globalization;
using System.IO.Compression;
using MemScope.Core.Model;
using MemScope.Web.Answers;
using MemScope.Web.Wire;

namespace MemScope.Web.Exports;

/// <summary>
/// profile.proto, gzip (github.com/google/pprof, proto/profile.proto). All weights of a chain are values of its sample, the page's is the default. A location is an address with the calls that are inlined
/// there, innermost first; addresses are those of the link, moved into a range of each module, so that two modules never share one. What has no name keeps its address: pprof can name it where the file lies.
/// </summary>
internal sealed class PprofExport
{
    private const int RangeBits = 40;
    private readonly StackAnswer _answer;
    private readonly ProtoWriter _message = new();
    private readonly ProtoWriter _inner = new();
    private readonly ProtoWriter _packed = new();
    private readonly ProtoWriter _out = new();
    private readonly Dictionary<string, long> _strings = new(StringComparer.Ordinal) { [""] = 0 };
    private readonly Dictionary<(string? Module, string? BuildId), Mapping> _mappings = [];
    private readonly Dictionary<(int Outer, int Frame), int> _runs = []; // inlined frames innermost first, as a way through a tree
    private readonly Dictionary<int, int> _locationOfRun = [];
    private readonly List<int[]> _locations = [];
    private readonly Dictionary<(string Name, string File), int> _functions = [];

    private PprofExport(StackAnswer answer) => _answer = answer;

    /// <summary>Writes all chains that weigh something.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="remarks">Where it comes from, a line each.</param>
    /// <param name="to">Where to; stays open.</param>
    /// <param name="cancel">Ends the work.</param>
    public static async Task WriteAsync(StackAnswer answer, IEnumerable<string> remarks, Stream to, CancellationToken cancel)
    {
        await using var gzip = new GZipStream(to, CompressionLevel.Fastest, leaveOpen: true);
        await new PprofExport(answer).WriteAsync(remarks, gzip, cancel);
    }

    private async Task WriteAsync(IEnumerable<string> remarks, Stream to, CancellationToken cancel)
    {
        var types = Types();
        foreach (var (name, unit, _) in types) ValueType(1, name, unit);
        for (var chain = 0; chain < _answer.Samples.Count; chain++)
        {
            var values = types.ConvertAll(t => t.Value(chain));
            if (values.TrueForAll(v => v == 0)) continue;
            Sample(_answer.Samples.FramesOf(chain), values);
            await PassAsync(64 << 10);
        }
        foreach (var frames in _locations)
        {
            Location(frames);
            await PassAsync(64 << 10);
        }
        foreach (var (key, mapping) in _mappings) WriteMapping(key, mapping);
        foreach (var (key, id) in _functions) Function(id, key.Name, key.File);
        foreach (var remark in remarks) _out.Number(13, StringOf(remark));
        var times = _answer.Head.Traces.Where(t => t is { From: not null, To: not null }).ToList();
        if (times.Count > 0)
        {
            var (from, until) = (times.Min(t => t.From!.Value), times.Max(t => t.To!.Value));
            _out.Number(9, (from - DateTimeOffset.UnixEpoch).Ticks * 100);
            _out.Number(10, (until - from).Ticks * 100);
        }
        _out.Number(14, StringOf(types[0].Name));
        foreach (var text in _strings.Keys)
        {
            _out.Text(6, text);
            await PassAsync(64 << 10);
        }
        await PassAsync(0);

        async ValueTask PassAsync(int least)
        {
            if (_out.Written.Length < least) return;
            await to.WriteAsync(_out.Written.ToArray(), cancel);
            _out.Clear();
        }
    }

    // The page's weight first: readers show the default, and old ones the last or the first.
    private List<(string Name, string Unit, Func<int, long> Value)> Types()
    {
        if (_answer.IsComparison)
        {
            var unit = _answer.Head.Weight == "calls" ? "count" : "bytes";
            return [(_answer.Head.Weight, unit, chain => Saturating.Add(_answer.Samples.WeightOf(chain), -_answer.Samples.BaseOf(chain)))];
        }
        List<(string Name, string Unit, Func<int, long> Value)> types = _answer.Head.Weight == "live"
            ? [("inuse_space", "bytes", c => _answer.Figures[c].OutstandingBytes), ("alloc_space", "bytes", c => _answer.Figures[c].MappedBytes), ("inuse_objects", "count", c => _answer.Figures[c].Calls)]
            :
            [
                ("outstanding", "bytes", c => _answer.Figures[c].OutstandingBytes), ("resident", "bytes", c => _answer.Figures[c].ResidentBytes ?? 0),
                ("mapped", "bytes", c => _answer.Figures[c].MappedBytes), ("calls", "count", c => _answer.Figures[c].Calls),
            ];
        return [.. types.OrderByDescending(t => t.Name == _answer.Head.Weight)];
    }

    private void ValueType(int field, string name, string unit)
    {
        _message.Clear();
        _message.Number(1, StringOf(name));
        _message.Number(2, StringOf(unit));
        _out.Bytes(field, _message.Written);
    }

    private void Sample(ReadOnlySpan<int> frames, List<long> values)
    {
        _message.Clear();
        _packed.Clear();
        if (frames.IsEmpty) _packed.Varint((ulong)LocationOf([-1]));
        for (var i = 0; i < frames.Length;)
        {
            // Frames that are inlined at one address, and the function that holds it, are one location.
            var end = i + 1;
            while (end < frames.Length && _answer.Frames[frames[end - 1]].Inlined) end++;
            _packed.Varint((ulong)LocationOf(frames[i..end]));
            i = end;
        }
        _message.Bytes(1, _packed.Written);
        _packed.Clear();
        foreach (var value in values) _packed.Varint((ulong)value);
        _message.Bytes(2, _packed.Written);
        _out.Bytes(2, _message.Written);
    }

    private int LocationOf(ReadOnlySpan<int> frames)
    {
        var run = 0;
        foreach (var frame in frames)
            if (!_runs.TryGetValue((run, frame), out var next)) _runs.Add((run, frame), run = _runs.Count + 1);
            else run = next;
        if (_locationOfRun.TryGetValue(run, out var known)) return known;
        _locations.Add(frames.ToArray());
        return _locationOfRun[run] = _locations.Count;
    }

    private void Location(int[] frames)
    {
        var frame = frames[^1] < 0 ? null : _answer.Frames[frames[^1]];
        var mapping = frame is null ? null : MappingOf(frame);
        _message.Clear();
        _message.Number(1, LocationOf(frames));
        _message.Number(2, mapping?.Id ?? 0);
        _message.Number(3, (long)AddressOf(frame, mapping));
        foreach (var number in frames)
        {
            var line = number < 0 ? null : _answer.Frames[number];
            if (line is { Function: null })
            {
                mapping?.HasAllNames = false;
                continue;
            }
            mapping?.HasLines |= line?.Line is not null;
            mapping?.HasInlines |= line?.Inlined == true;
            _inner.Clear();
            _inner.Number(1, FunctionOf(line?.Function ?? ExportedNames.NoStack, line?.File ?? ""));
            _inner.Number(2, line?.Line ?? 0);
            _message.Bytes(4, _inner.Written);
        }
        _out.Bytes(4, _message.Written);
    }

    private Mapping? MappingOf(FrameWire frame)
    {
        if (frame.Module is not { Length: > 0 } && frame.BuildId is null) return null;
        if (!_mappings.TryGetValue((frame.Module, frame.BuildId), out var mapping)) _mappings.Add((frame.Module, frame.BuildId), mapping = new Mapping(_mappings.Count + 1));
        return mapping;
    }

    private static ulong AddressOf(FrameWire? frame, Mapping? mapping)
    {
        if (!ulong.TryParse(frame?.Offset, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var offset)) return 0;
        if (mapping is null || offset >> RangeBits != 0) return offset;
        mapping.Limit = Math.Max(mapping.Limit, offset + 1);
        return mapping.Start + offset;
    }

    private void WriteMapping((string? Module, string? BuildId) key, Mapping mapping)
    {
        _message.Clear();
        _message.Number(1, mapping.Id);
        _message.Number(2, (long)mapping.Start);
        _message.Number(3, (long)(mapping.Start + Math.Max(mapping.Limit, 1)));
        _message.Number(5, StringOf(key.Module ?? ""));
        _message.Number(6, StringOf(key.BuildId ?? ""));
        _message.Number(7, mapping.HasAllNames ? 1 : 0);
        _message.Number(8, mapping.HasLines ? 1 : 0);
        _message.Number(9, mapping.HasLines ? 1 : 0);
        _message.Number(10, mapping.HasInlines ? 1 : 0);
        _out.Bytes(3, _message.Written);
    }

    private int FunctionOf(string name, string file)
    {
        if (!_functions.TryGetValue((name, file), out var id)) _functions.Add((name, file), id = _functions.Count + 1);
        return id;
    }

    private void Function(int id, string name, string file)
    {
        _message.Clear();
        _message.Number(1, id);
        _message.Number(2, StringOf(name));
        _message.Number(3, StringOf(name));
        _message.Number(4, StringOf(file));
        _out.Bytes(5, _message.Written);
    }

    private long StringOf(string text)
    {
        if (!_strings.TryGetValue(text, out var index)) _strings.Add(text, index = _strings.Count);
        return index;
    }

    /// <summary>A module.</summary>
    private sealed class Mapping(int id)
    {
        /// <summary>From 1 on.</summary>
        public int Id { get; } = id;

        /// <summary>Where its range begins.</summary>
        public ulong Start { get; } = (ulong)id << RangeBits;

        /// <summary>The greatest address in use, and one.</summary>
        public ulong Limit { get; set; }

        /// <summary>Whether each of its frames has a function.</summary>
        public bool HasAllNames { get; set; } = true;

        /// <summary>Whether one has a line.</summary>
        public bool HasLines { get; set; }

        /// <summary>Whether one is inlined.</summary>
        public bool HasInlines { get; set; }
    }
}
