using System.Buffers.Text;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Massif;

/// <summary>
/// Reads massif.out (valgrind's massif/ms_main.c, <c>write_snapshots_to_file</c>), line by line:
/// <code>
/// desc: --massif-out-file=massif.out
/// cmd: ./leak
/// time_unit: i
/// #-----------
/// snapshot=18
/// #-----------
/// time=1144395
/// mem_heap_B=1006170
/// mem_heap_extra_B=190
/// mem_stacks_B=0
/// heap_tree=detailed
/// n2: 1006170 (heap allocation functions) malloc/new/new[], --alloc-fns, etc.
///  n2: 1006170 0x109170: leaky (leak.c:12)
///   n0: 1000000 0x1091B7: main (leak.c:15)
///   n0: 6170 0x1091D4: main (leak.c:16)
/// </code>
/// heaptrack_print 1.4 writes the three lines of the head at the end of the file, and times as fractions of a second.
/// </summary>
internal sealed class MassifParser
{
    private readonly ParseOptions _options;
    private readonly DiagnosticBag _diagnostics = new();
    private readonly List<HeapProfile> _profiles = [];
    private MassifProfile _profile;
    private MassifSnapshot? _snapshot;
    private bool _lastLineIsCut;

    private MassifParser(ParseOptions options) => (_options, _profile) = (options, new MassifProfile(options));

    /// <summary>Reads a whole file.</summary>
    public static ParsedCapture Parse(CaptureText file, ParseOptions options) => new MassifParser(options).Run(file);

    private ParsedCapture Run(CaptureText file)
    {
        var lines = file.Lines(_options.Limits.LineBytes);
        while (lines.Next())
        {
            _lastLineIsCut = !lines.IsTerminated && !lines.Line.EndsWith(")"u8);
            if (lines.IsTooLong) _diagnostics.Add("MASSIF005", Severity.Warning, lines.Number, $"a line longer than {_options.Limits.LineBytes} bytes was skipped");
            else if (!lines.Line.IsEmpty && lines.Line[0] != '#' && !Add(lines.Line, lines.Number)) _diagnostics.Add("MASSIF002", Severity.Warning, lines.Number, "not understood", lines.Line);
        }
        EndSnapshot(isLast: true);
        EndProfile();
        if (_profiles.Count == 0)
        {
            _diagnostics.Add("MASSIF001", Severity.Error, 0, "the file holds no complete snapshot: massif writes it when the program ends");
            return ParsedCapture.Nothing("massif", [.. _diagnostics.ToList()]);
        }
        return new ParsedCapture("massif", "", [], [], [], _diagnostics.ToList()) { HeapProfiles = _profiles };
    }

    private bool Add(ReadOnlySpan<byte> line, int number)
    {
        if (_snapshot is { Tree: not (null or "empty") } && line[0] is (byte)' ' or (byte)'n') return _profile.Tree.Add(line, number);
        if (line.StartsWith("desc:"u8)) return Head(line[5..]);
        if (line.StartsWith("cmd:"u8)) _profile.Command = Text(line[4..]);
        else if (line.StartsWith("time_unit:"u8)) _profile.TimeUnit = Text(line[10..]);
        else if (line.StartsWith("snapshot="u8)) Begin(number);
        else return _snapshot is not null && Field(line);
        return true;
    }

    /// <summary>A second <c>desc:</c> begins another run: files are sent one behind the other.</summary>
    private bool Head(ReadOnlySpan<byte> text)
    {
        if (_profile.Description is not null)
        {
            EndSnapshot(isLast: false);
            EndProfile();
        }
        _profile.Description = Text(text);
        return true;
    }

    private void Begin(int line)
    {
        EndSnapshot(isLast: false);
        _snapshot = new MassifSnapshot { Line = line };
        _profile.Tree.Begin();
    }

    private bool Field(ReadOnlySpan<byte> line)
    {
        var equals = line.IndexOf((byte)'=');
        if (equals < 0) return false;
        var key = line[..equals];
        var value = line[(equals + 1)..];
        if (key.SequenceEqual("heap_tree"u8))
        {
            _snapshot!.Tree = value.SequenceEqual("empty"u8) ? "empty" : value.SequenceEqual("detailed"u8) ? "detailed" : value.SequenceEqual("peak"u8) ? "peak" : null;
            return _snapshot.Tree is not null;
        }
        if (key.SequenceEqual("time"u8))
        {
            if (!Utf8Parser.TryParse(value, out double time, out var used) || used != value.Length || !double.IsFinite(time)) return false;
            _snapshot!.Time = time;
            return true;
        }
        if (!Utf8Parser.TryParse(value, out long bytes, out var length) || length != value.Length) return false;
        if (key.SequenceEqual("mem_heap_B"u8)) _snapshot!.HeapBytes = bytes;
        else if (key.SequenceEqual("mem_heap_extra_B"u8)) _snapshot!.ExtraBytes = bytes;
        else if (key.SequenceEqual("mem_stacks_B"u8)) _snapshot!.StackBytes = bytes;
        else return false;
        return true;
    }

    /// <summary>Keeps the snapshot if it is complete. The last one of a file that was cut off is not.</summary>
    private void EndSnapshot(bool isLast)
    {
        if (_snapshot is not { } snapshot) return;
        _snapshot = null;
        var isWhole = snapshot is { HeapBytes: not null, Tree: not null } && (snapshot.Tree == "empty" || _profile.Tree.IsComplete);
        if (isWhole && !(isLast && _lastLineIsCut && snapshot.Tree != "empty")) _profile.Add(snapshot, _diagnostics);
        else if (isLast) _diagnostics.Add("MASSIF003", Severity.Warning, snapshot.Line, "the file ends inside this snapshot, which is left out");
        else if (snapshot is { HeapBytes: not null, Tree: not null }) _profile.Add(snapshot, _diagnostics);
        else _diagnostics.Add("MASSIF003", Severity.Warning, snapshot.Line, "a snapshot without its size or its tree is left out");
    }

    private void EndProfile()
    {
        if (_profile.Any)
        {
            var profile = _profile.Finish();
            if (_profile.IsOfPages)
                _diagnostics.Add("MASSIF006", Severity.Info, 0, "the numbers are pages of the address space (--pages-as-heap=yes), not blocks of malloc: compare them with the virtual size, not with RSS");
            _profiles.Add(profile);
        }
        _profile = new MassifProfile(_options);
    }

    private string Text(ReadOnlySpan<byte> value) => _options.Names.Get(value.Trim(" "u8));
}
