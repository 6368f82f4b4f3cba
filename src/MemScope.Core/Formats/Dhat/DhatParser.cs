using System.Runtime.InteropServices;
using System.Text.Json;
using MemScope.Core.Formats.Text;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Dhat;

/// <summary>
/// Reads DHAT's JSON (valgrind's dhat/dh_main.c describes it above <c>dh_print_usage</c>'s file writer; version 2):
/// <code>
/// {"dhatFileVersion":2
/// ,"mode":"heap","verb":"Allocated"
/// ,"bklt":true,"bkacc":true
/// ,"tu":"instrs","Mtu":"Minstr"
/// ,"cmd":"./leak"
/// ,"pid":10046
/// ,"te":347823
/// ,"tg":342406
/// ,"pps":
///  [{"tb":1000000,"tbk":10
///   ,"gb":1000000,"gbk":10
///   ,"eb":1000000,"ebk":10
///   ,"fs":[1,2,3]
///   }
///  ]
/// ,"ftbl":
///  ["[root]"
///  ,"0x48417B4: malloc (in /usr/libexec/valgrind/vgpreload_dhat-amd64-linux.so)"
///  ,"0x109169: leaky (leak.c:12)"
/// </code>
/// </summary>
internal sealed class DhatParser
{
    private readonly ParseOptions _options;
    private readonly DiagnosticBag _diagnostics = new();
    private readonly DhatPoints _points = new();
    private readonly StackTrie _stacks;
    private readonly FrameTable _frames;
    private readonly List<int> _table = [];
    private long? _version, _pid, _end, _peak;
    private string? _mode, _unit, _command;
    private bool _hasTable;

    private DhatParser(ParseOptions options)
    {
        _options = options;
        _stacks = new StackTrie(options.Limits);
        _frames = new FrameTable(ValgrindFrame.Read, options.Names);
    }

    /// <summary>Reads a whole file.</summary>
    public static ParsedCapture Parse(CaptureText file, ParseOptions options) => new DhatParser(options).Run(file);

    private ParsedCapture Run(CaptureText file)
    {
        var json = new JsonStream(file.Open());
        if (json.Read() && json.Type == JsonTokenType.StartObject)
            while (json.NextProperty(out var name)) Read(ref json, name);
        if (json.Fault is { } fault)
            _diagnostics.Add("DHAT002", Severity.Warning, 0, $"the JSON ends early, {fault}: what stands before was read{(_hasTable ? "" : ", but the names of the frames stand at the end and are missing")}");
        if (_version is not (null or 2)) _diagnostics.Add("DHAT003", Severity.Warning, 0, $"the file says it is of version {_version}; it is read as version 2");
        if (_mode is "copy" or "ad-hoc" or "rust-ad-hoc") return Nothing($"it was recorded in the mode {_mode}, which counts copies or events and no memory: record with --mode=heap");
        if (_points.All.Count == 0) return Nothing("it holds no place that allocates");
        return ParsedCapture.Of("dhat", _mode ?? "", Profile(), _diagnostics.ToList());
    }

    private ParsedCapture Nothing(string reason)
    {
        _diagnostics.Add("DHAT001", Severity.Error, 0, reason);
        return ParsedCapture.Nothing("dhat", [.. _diagnostics.ToList().OrderByDescending(d => d.Severity)]);
    }

    private void Read(ref JsonStream json, ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("pps"u8)) _points.Read(ref json);
        else if (name.SequenceEqual("ftbl"u8)) ReadTable(ref json);
        else if (name.SequenceEqual("mode"u8)) _mode = Name(json.Text);
        else if (name.SequenceEqual("tu"u8)) _unit = Name(json.Text);
        else if (name.SequenceEqual("cmd"u8)) _command = Name(json.Text);
        else if (!json.TryLong(out var number)) json.Skip();
        else if (name.SequenceEqual("dhatFileVersion"u8)) _version = number;
        else if (name.SequenceEqual("pid"u8)) _pid = number;
        else if (name.SequenceEqual("te"u8)) _end = number;
        else if (name.SequenceEqual("tg"u8)) _peak = number;
    }

    private void ReadTable(ref JsonStream json)
    {
        if (json.Type != JsonTokenType.StartArray) return;
        _hasTable = true;
        while (json.NextElement())
        {
            // What is no string, and the root, which is a frame of the viewer's tree only, get a number that no frame has.
            var text = json.Text;
            _table.Add(text.IsEmpty || text.SequenceEqual("[root]"u8) ? -1 : _frames.Of(text));
            json.Skip();
        }
    }

    private HeapProfile Profile()
    {
        // Rust's crate counts microseconds, valgrind instructions.
        var (clock, factor) = _unit switch { "instrs" => (ClockDomain.Instructions, 1), "µs" => (ClockDomain.Relative, 1000), _ => (ClockDomain.None, 1) };
        var all = _points.All;
        var sites = all.ConvertAll(p => new HeapSite
        {
            Callchain = CallchainOf(p), Live = p.EndBytes, LiveCount = p.EndBlocks, Allocated = p.TotalBytes, AllocatedCount = p.TotalBlocks, Peak = p.PeakBytes,
        });
        var dump = new HeapDump(sites)
        {
            Label = "end",
            Time = _end * factor,
            LiveBytes = all.SumOfKnown(p => p.EndBytes),
            LiveCount = all.SumOfKnown(p => p.EndBlocks),
            AllocatedBytes = all.SumOf(p => p.TotalBytes),
            AllocatedCount = all.SumOf(p => p.TotalBlocks),
        };
        return new HeapProfile("dhat", new ProcessHint(_pid is > 0 and <= int.MaxValue ? (int)_pid : null, CommandLine: _command), _stacks.Callchains(f => _frames[f]), [dump])
        {
            Clock = clock,
            PeakBytes = all.SumOfKnown(p => p.PeakBytes),
            PeakTime = _peak * factor,
            Losses = [.. _stacks.Losses(), .. _frames.Losses()],
        };
    }

    private int CallchainOf(DhatPoint point)
    {
        Span<int> frames = CollectionsMarshal.AsSpan(_points.Frames).Slice(point.FirstFrame, point.Frames);
        var known = 0;
        foreach (var id in frames)
        {
            if (id >= _table.Count) _diagnostics.Add("DHAT004", Severity.Warning, 0, $"a stack has the frame {id}, the file only {_table.Count}");
            else if (_table[id] >= 0) frames[known++] = _table[id];
        }
        frames = frames[..known];
        _frames.MarkInlined(frames);
        return _stacks.CallchainOf(_stacks.Intern(frames));
    }

    private string? Name(ReadOnlySpan<byte> text) => text.IsEmpty ? null : _options.Names.Get(text);
}
