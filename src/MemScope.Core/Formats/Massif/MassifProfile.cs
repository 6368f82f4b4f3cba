using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Massif;

/// <summary>One run of massif while it is read: its complete snapshots.</summary>
internal sealed class MassifProfile
{
    private readonly List<(double Time, HeapPoint Point)> _points = [];
    private readonly List<(double Time, HeapDump Dump)> _dumps = [];
    private readonly StackTrie _stacks;
    private readonly FrameTable _frames;

    /// <summary>An empty run.</summary>
    public MassifProfile(ParseOptions options)
    {
        _stacks = new StackTrie(options.Limits);
        _frames = new FrameTable(ValgrindFrame.Read, options.Names);
        Tree = new MassifTree(_stacks, _frames);
    }

    /// <summary>The tree that is being read.</summary>
    public MassifTree Tree { get; }

    /// <summary><c>desc:</c>, massif's options; heaptrack prints it at the end.</summary>
    public string? Description { get; set; }

    /// <summary><c>cmd:</c>.</summary>
    public string? Command { get; set; }

    /// <summary><c>time_unit:</c>.</summary>
    public string? TimeUnit { get; set; }

    /// <summary>Whether it has a snapshot.</summary>
    public bool Any => _points.Count > 0;

    /// <summary>Whether the sizes are of pages: <c>--pages-as-heap=yes</c>.</summary>
    public bool IsOfPages => Tree.IsOfPages || (Description?.Contains("--pages-as-heap=yes", StringComparison.Ordinal) ?? false);

    /// <summary>Adds a snapshot that was read to its end.</summary>
    public void Add(MassifSnapshot snapshot, DiagnosticBag diagnostics)
    {
        var (time, heap) = (snapshot.Time ?? 0, snapshot.HeapBytes ?? 0);
        _points.Add((time, new HeapPoint(0, heap) { OverheadBytes = snapshot.ExtraBytes, StackBytes = snapshot.StackBytes }));
        if (snapshot.Tree == "empty") return;
        var sites = Tree.End(heap, snapshot.Line);
        if (Tree.IsOdd) diagnostics.Add("MASSIF004", Severity.Warning, snapshot.Line, $"the tree of the snapshot tells of {Tree.Bytes} of its {heap} bytes, or a node of it has other children than it says");
        _dumps.Add((time, new HeapDump(sites) { Label = snapshot.Tree, LiveBytes = heap, Line = snapshot.Line }));
    }

    /// <summary>All of it. The unit of the times may stand at the end of the file.</summary>
    public HeapProfile Finish()
    {
        var (clock, factor) = TimeUnit switch
        {
            "i" => (ClockDomain.Instructions, 1.0),
            "B" => (ClockDomain.AllocatedBytes, 1.0),
            "ms" => (ClockDomain.Relative, 1e6),
            "s" => (ClockDomain.Relative, 1e9),
            _ => (ClockDomain.None, 1.0),
        };
        long Scaled(double time) => (long)Math.Round(time * factor);
        var timeline = _points.ConvertAll(p => p.Point with { Time = Scaled(p.Time) });
        var peak = timeline.MaxBy(p => p.LiveBytes);
        var losses = new List<TraceLoss>([.. _stacks.Losses(), .. _frames.Losses()]);
        if (IsOfPages) losses.Add(new TraceLoss("virtual-bytes", 0, "The bytes are pages of the address space (--pages-as-heap=yes): mapped, not necessarily used, and not blocks of malloc."));
        return new HeapProfile("massif", new ProcessHint(CommandLine: Command), _stacks.Callchains(f => _frames[f]), _dumps.ConvertAll(d => d.Dump with { Time = Scaled(d.Time) }))
        {
            Clock = clock,
            Timeline = timeline,
            PeakBytes = peak.LiveBytes,
            PeakTime = peak.Time,
            Losses = losses,
        };
    }
}
