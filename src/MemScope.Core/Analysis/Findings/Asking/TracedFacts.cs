using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Findings.Asking;

/// <summary>What the traces of a case say together.</summary>
public sealed class TracedFacts
{
    /// <summary>Facts of the traces of a case.</summary>
    public TracedFacts(CaseFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        File = file;
        IsResidentKnown = file.Track.Points.Count > 0 && file.Track.Has(Math.Clamp(file.To, 0, file.Track.Points.Count - 1), Metric.Rss);
        Total = file.Sites.SumOf(Weight);
        Seconds = TimeOf(file.Traces);
    }

    /// <summary>The case.</summary>
    public CaseFile File { get; }

    /// <summary>Whether there is a trace.</summary>
    public bool Any => File.Traces.Count > 0;

    /// <summary>Whether snapshots say what of the outstanding memory is in RAM; without, what is outstanding counts.</summary>
    public bool IsResidentKnown { get; }

    /// <summary>Weight of all sites.</summary>
    public long Total { get; }

    /// <summary>How long somebody looked, seconds: times that traces share count once, where their clocks are tied to wall time.</summary>
    public double Seconds { get; }

    /// <summary>What a site counts for: bytes that are outstanding and in RAM.</summary>
    public long Weight(TracedSite site)
    {
        ArgumentNullException.ThrowIfNull(site);
        return IsResidentKnown ? site.ResidentBytes : site.OutstandingBytes;
    }

    /// <summary>What the weights are, for people.</summary>
    public string WeightWords => IsResidentKnown ? "resident" : "outstanding";

    /// <summary>The traces as a source: <c>bpftrace, perf</c>.</summary>
    public EvidenceSource Source => new(EvidenceKind.Stacks, string.Join(", ", File.Traces.Select(t => t.Format).Distinct(StringComparer.Ordinal))) { Trace = File.Traces.Count == 1 ? File.Traces[0].Id : null };

    /// <summary>Successful munmaps per second in the trace of a second or more that has most, else over all traces; null without. A tracer slows a program down and never speeds it up.</summary>
    public double? UnmapsPerSecond => File.Traces.Where(t => t.Seconds >= LongEnoughSeconds && t.Unmaps > 0).Max(t => (double?)(t.Unmaps / t.Seconds)) ?? Rate(t => t.Unmaps);

    /// <summary>A number of traces per second of those that last at least a tenth of one and saw any; null without.</summary>
    public double? Rate(Func<TraceFacts, long> of)
    {
        var seen = File.Traces.Where(t => t.Seconds >= ShortestSeconds && of(t) > 0).ToList();
        return seen.Count == 0 ? null : seen.Sum(t => (double)of(t)) / seen.Sum(t => t.Seconds);
    }

    /// <summary>Over less time the busiest moment would be taken for the rate.</summary>
    private const double LongEnoughSeconds = 1;

    /// <summary>Over less time a rate says nothing.</summary>
    private const double ShortestSeconds = 0.1;

    private static double TimeOf(IReadOnlyList<TraceFacts> traces)
    {
        var (total, until) = (traces.Where(t => t.From is null || t.To is null).Sum(t => Math.Max(0, t.Seconds)), DateTimeOffset.MinValue);
        foreach (var trace in traces.Where(t => t is { From: not null, To: not null }).OrderBy(t => t.From))
        {
            var from = trace.From!.Value > until ? trace.From.Value : until;
            if (trace.To!.Value > from) total += (trace.To.Value - from).TotalSeconds;
            if (trace.To.Value > until) until = trace.To.Value;
        }
        return total;
    }
}
