using System.Runtime.InteropServices;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Memcheck;

/// <summary>The leak checks of one process: what they list, and the sums that valgrind prints of them.</summary>
internal sealed class LeakCheck
{
    private readonly string _tool;
    private readonly DiagnosticBag _diagnostics;
    private readonly StackTrie _stacks;
    private readonly List<HeapDump> _dumps = [];
    private readonly List<Listed> _listed = [];
    private readonly Dictionary<string, (long Bytes, long Blocks)> _summary = new(StringComparer.Ordinal);
    private bool _hasTimes;

    private readonly record struct Listed(LeakRecord Leak, int Callchain, int Line);

    /// <summary>The checks of a process of which nothing is known yet.</summary>
    /// <param name="tool">Slug of the format.</param>
    /// <param name="options">Caps and names.</param>
    /// <param name="diagnostics">Where to report.</param>
    public LeakCheck(string tool, ParseOptions options, DiagnosticBag diagnostics)
    {
        (_tool, _diagnostics) = (tool, diagnostics);
        _stacks = new StackTrie(options.Limits);
        Frames = new FrameTable(ValgrindFrame.Read, options.Names);
    }

    /// <summary>Frames of the stacks.</summary>
    public FrameTable Frames { get; }

    /// <summary>The process.</summary>
    public ProcessHint Process { get; set; } = ProcessHint.None;

    /// <summary><c>in use at exit</c>: bytes and blocks.</summary>
    public (long Bytes, long Blocks)? InUse { get; set; }

    /// <summary><c>total heap usage</c>: bytes and allocations.</summary>
    public (long Bytes, long Blocks)? Allocated { get; set; }

    /// <summary>Time of the last line since the start, nanoseconds.</summary>
    public long? ElapsedNs { get; set; }

    /// <summary>Line where the check begins that is being read; 0 where none is known yet.</summary>
    public int Line { get; set; }

    /// <summary>Whether a check has begun that has not ended.</summary>
    public bool IsOpen => _listed.Count > 0 || _summary.Count > 0 || InUse is not null;

    /// <summary>Adds a leak with its stack, leaf first.</summary>
    public void Add(LeakRecord leak, Span<int> frames, int line)
    {
        if (Line == 0) Line = line;
        Frames.MarkInlined(frames);
        _listed.Add(new Listed(leak, _stacks.CallchainOf(_stacks.Intern(frames)), line));
    }

    /// <summary>Adds a line of LEAK SUMMARY.</summary>
    public void Sum(string kind, long bytes, long blocks) => _summary[kind] = (bytes, blocks);

    /// <summary>Whether LEAK SUMMARY was complete.</summary>
    public bool HasSummary => _summary.Count == LeakKinds.All.Count;

    /// <summary>Ends a check: its sites add up to LEAK SUMMARY, by kind.</summary>
    public void End(int line)
    {
        if (!IsOpen) return;
        var sites = _listed.ConvertAll(l => new HeapSite { Callchain = l.Callchain, Kind = l.Leak.Kind, Live = l.Leak.Bytes, LiveCount = l.Leak.Blocks, Line = l.Line });
        AddIndirect(sites);
        foreach (var kind in LeakKinds.All) Close(sites, kind, line);
        long? live = sites.SumOf(s => s.Live ?? 0), blocks = InUse?.Blocks;
        if (_summary.Count > 0) (live, blocks) = (_summary.Values.SumOf(s => s.Bytes), _summary.Values.SumOf(s => s.Blocks));
        else if (sites.Count == 0) live = InUse?.Bytes;
        else if (sites.TrueForAll(s => s.LiveCount is not null)) blocks = sites.SumOf(s => s.LiveCount ?? 0);
        _dumps.Add(new HeapDump(sites)
        {
            Label = "leaks", Time = ElapsedNs, LiveBytes = live, LiveCount = blocks, AllocatedBytes = Allocated?.Bytes, AllocatedCount = Allocated?.Blocks, Line = Line,
        });
        _hasTimes |= ElapsedNs is not null;
        _listed.Clear();
        _summary.Clear();
        (InUse, Allocated, Line) = (null, null, 0);
    }

    /// <summary>
    /// Blocks that are lost because one that points to them is: their own stacks are listed with --show-leak-kinds=all only. Otherwise their bytes stand where the block that
    /// leads to them was allocated, as in memcheck's own list.
    /// </summary>
    private void AddIndirect(List<HeapSite> sites)
    {
        if (_listed.Exists(l => l.Leak.Kind == LeakKinds.Indirect)) return;
        foreach (var l in CollectionsMarshal.AsSpan(_listed))
        {
            if (l.Leak.IndirectBytes == 0) continue;
            sites.Add(new HeapSite { Callchain = l.Callchain, Kind = LeakKinds.Indirect, Live = l.Leak.IndirectBytes, Line = l.Line });
            _diagnostics.Add("MEMCHECK004", Severity.Info, l.Line, $"{l.Leak.IndirectBytes} bytes that are lost indirectly stand at the stack of the block that leads to them; --show-leak-kinds=all lists their own");
        }
    }

    /// <summary>What the summary counts and the list does not (still reachable, suppressed, not shown) is a site without a stack.</summary>
    private void Close(List<HeapSite> sites, string kind, int line)
    {
        if (!_summary.TryGetValue(kind, out var sum)) return;
        long bytes = 0;
        long? blocks = 0;
        foreach (var s in sites)
            if (s.Kind == kind) (bytes, blocks) = (Saturating.Add(bytes, s.Live!.Value), blocks + s.LiveCount);
        if (sum.Bytes > bytes) sites.Add(new HeapSite { Callchain = -1, Kind = kind, Live = sum.Bytes - bytes, LiveCount = sum.Blocks - blocks, Line = line });
        else if (sum.Bytes < bytes) _diagnostics.Add("MEMCHECK005", Severity.Warning, line, $"the leaks listed as {kind} are {bytes} bytes, LEAK SUMMARY has {sum.Bytes}");
    }

    /// <summary>The profile, or null when no check ended.</summary>
    public HeapProfile? Finish() => _dumps.Count == 0 ? null : new HeapProfile(_tool, Process, _stacks.Callchains(f => Frames[f]), _dumps)
    {
        Clock = _hasTimes ? ClockDomain.Relative : ClockDomain.None,
        Losses = [.. _stacks.Losses(), .. Frames.Losses()],
    };
}
