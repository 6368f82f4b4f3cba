using MemScope.Core.Model;

namespace MemScope.Core.Formats.LegacyHeap;

/// <summary>Collects the rows of one dump and what stands behind them, and makes the profile of it.</summary>
/// <param name="tool">Slug of the format.</param>
/// <param name="options">Caps and names.</param>
internal sealed class HeapRows(string tool, ParseOptions options)
{
    private readonly List<HeapSite> _sites = [];
    private readonly List<TraceLoss> _losses = [];

    /// <summary>The stacks.</summary>
    public AddressStacks Stacks { get; } = new(options.Limits.CallchainFrames);

    /// <summary>The mappings.</summary>
    public MappedLibraries Libraries { get; } = new();

    /// <summary>Names of addresses.</summary>
    public GoSymbols Symbols { get; } = new();

    /// <summary>Rows so far.</summary>
    public int Count => _sites.Count;

    /// <summary>Rows that were over the cap and left out.</summary>
    public long Dropped { get; private set; }

    /// <summary>Takes a row.</summary>
    public void Add(HeapSite site)
    {
        if (_sites.Count < options.Limits.SnapshotLines) _sites.Add(site);
        else Dropped++;
    }

    /// <summary>Notes a loss.</summary>
    public void Lose(string kind, long count, string text) => _losses.Add(new TraceLoss(kind, count, text));

    /// <summary>The finished profile. The totals are the sums over the rows.</summary>
    public HeapProfile Build(string? label, long? samplePeriodBytes, int line)
    {
        var callchains = Stacks.Build(FramesAt);
        if (Stacks.CutStacks > 0) Lose("cut-stacks", Stacks.CutStacks, $"Distinct stacks deeper than the limit, cut at their outer end: {Stacks.CutStacks}.");
        if (Dropped > 0) Lose("dropped-rows", Dropped, $"Rows over the limit that were left out: {Dropped}.");
        var dump = new HeapDump(_sites)
        {
            Label = label, Line = line,
            LiveBytes = _sites.SumOfKnown(s => s.Live), LiveCount = _sites.SumOfKnown(s => s.LiveCount), AllocatedBytes = _sites.SumOfKnown(s => s.Allocated), AllocatedCount = _sites.SumOfKnown(s => s.AllocatedCount),
        };
        return new HeapProfile(tool, ProcessHint.None, callchains, [dump])
        {
            Unit = WeightUnit.Bytes, Modules = Libraries.Modules, SamplePeriodBytes = samplePeriodBytes, Losses = _losses,
        };
    }

    private IReadOnlyList<RawFrame> FramesAt(ulong address)
    {
        var frame = Libraries.FrameAt(address);
        return Symbols.FramesAt(address, frame) ?? [frame];
    }
}
