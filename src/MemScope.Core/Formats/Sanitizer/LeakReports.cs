using System.Runtime.InteropServices;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Sanitizer;

/// <summary>The reports of one process.</summary>
internal sealed class LeakReports
{
    private readonly int _pid;
    private readonly DiagnosticBag _diagnostics;
    private readonly StackTrie _stacks;
    private readonly FrameTable _frames;
    private readonly List<HeapDump> _dumps = [];
    private readonly List<int> _stack = [];
    private List<HeapSite>? _sites;
    private HeapSite? _leak;
    private int _line;

    /// <summary>No report yet.</summary>
    public LeakReports(int pid, ParseOptions options, DiagnosticBag diagnostics)
    {
        (_pid, _diagnostics) = (pid, diagnostics);
        _stacks = new StackTrie(options.Limits);
        _frames = new FrameTable(SanitizerFrame.Read, options.Names);
    }

    /// <summary>Bytes that suppressions hid.</summary>
    public long SuppressedBytes { get; set; }

    /// <summary>Whether the lines that follow may be the frames of a leak.</summary>
    public bool IsInLeak => _leak is not null;

    /// <summary>Begins a report.</summary>
    public void Begin(int line)
    {
        if (_sites is not null) EndWithoutSummary();
        (_sites, _line) = ([], line);
    }

    /// <summary>Begins a leak.</summary>
    public void BeginLeak(string kind, long bytes, long objects, int line)
    {
        EndLeak();
        if (_sites is null) Begin(line);
        _leak = new HeapSite { Kind = kind, Live = bytes, LiveCount = objects, Line = line };
    }

    /// <summary>Adds a frame to the leak.</summary>
    public void AddFrame(ReadOnlySpan<byte> frame) => _stack.Add(_frames.Of(frame));

    /// <summary>Ends the leak: an empty line.</summary>
    public void EndLeak()
    {
        if (_leak is not { } leak) return;
        var frames = CollectionsMarshal.AsSpan(_stack);
        _frames.MarkInlined(frames);
        _sites!.Add(leak with { Callchain = _stacks.CallchainOf(_stacks.Intern(frames)) });
        _leak = null;
        _stack.Clear();
    }

    /// <summary>Ends the report with what its summary counts. Leaks that it counts and does not list (max_leaks) are a site without a stack.</summary>
    public void End(long bytes, long allocations, int line)
    {
        EndLeak();
        _sites ??= [];
        if (_line == 0) _line = line;
        long listed = _sites.SumOf(s => s.Live ?? 0), objects = _sites.SumOf(s => s.LiveCount ?? 0);
        if (listed < bytes) _sites.Add(new HeapSite { Callchain = -1, Live = bytes - listed, LiveCount = allocations - objects, Line = line });
        if (listed < bytes) _diagnostics.Add("SANITIZER003", Severity.Info, line, $"{bytes - listed} bytes are counted in the summary whose leaks are not listed (max_leaks)");
        if (listed > bytes) _diagnostics.Add("SANITIZER004", Severity.Warning, line, $"the leaks listed are {listed} bytes, the summary has {bytes}");
        Keep(bytes, allocations);
    }

    /// <summary>Ends a report that was cut off.</summary>
    public void EndWithoutSummary()
    {
        EndLeak();
        if (_sites is not { Count: > 0 } sites)
        {
            _sites = null;
            return;
        }
        _diagnostics.Add("SANITIZER005", Severity.Warning, _line, "the report has no summary: leaks may be missing");
        Keep(sites.SumOf(s => s.Live ?? 0), sites.SumOf(s => s.LiveCount ?? 0));
    }

    private void Keep(long bytes, long allocations)
    {
        _dumps.Add(new HeapDump(_sites!) { Label = "leaks", LiveBytes = bytes, LiveCount = allocations, Line = _line });
        (_sites, _line) = (null, 0);
    }

    /// <summary>The profile, or null when there was no report of leaks.</summary>
    public HeapProfile? Finish()
    {
        EndWithoutSummary();
        if (_dumps.Count == 0) return null;
        var losses = new List<TraceLoss>([.. _stacks.Losses(), .. _frames.Losses()]);
        if (SuppressedBytes > 0) losses.Add(new TraceLoss("suppressed", SuppressedBytes, $"{SuppressedBytes} leaked bytes are hidden by suppressions."));
        return new HeapProfile("sanitizer", new ProcessHint(_pid == 0 ? null : _pid), _stacks.Callchains(f => _frames[f]), _dumps) { Losses = losses };
    }
}
