using MemScope.Core.Analysis.Findings;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Answers what is wrong with a process: findings with evidence, remedy and next probe.</summary>
public sealed class FindingAnswers(CaseFiles cases, ProcessTracks tracks, ProvenRuns runs)
{
    /// <summary>The findings over a window, by all that is known of the process; null when process, track or window do not exist.</summary>
    public async Task<FindingsWire?> AskAsync(Guid process, WindowState window, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(window);
        var judged = await cases.OverAsync(process, window, (file, over) => FindingWires.Of(Judge.Of(file), over) with { PendingFrames = file.PendingFrames }, cancel);
        return judged is not null && await tracks.FindAsync(process, cancel) is { } row ? await runs.WithProofsAsync(row, judged, cancel) : judged;
    }
}
