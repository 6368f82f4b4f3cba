using MemScope.Core.Analysis.Findings;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Ledger;

/// <summary>Makes the ledger of a case.</summary>
public static class LedgerMaker
{
    /// <summary>RSS of the window's last snapshot, with what the lines were at its first where the window has two; null when the source prints no RSS.</summary>
    public static MemoryLedger? Of(CaseFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return file.Track.Has(file.To, Metric.Rss) && TrackSeries.Total(file.Track, Metric.Rss)[file.To] is var rss ? new MemoryLedger((long)rss, (long)rss, []) : null;
    }
}
