using MemScope.Core.Analysis.Findings;
using MemScope.Storage.Queries;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Gathers all that is known of a process, from every tool, and answers over it.</summary>
public sealed class CaseFiles(ProcessTracks tracks)
{
    /// <summary>
    /// Computes an answer over the case of a process and a window; default when process, track or window do not exist. What is asked is a pure function: it must not keep the case.
    /// </summary>
    public async Task<T?> OverAsync<T>(Guid process, WindowState window, Func<CaseFile, WindowWire, T?> answer, CancellationToken cancel)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(answer);
        if (await tracks.FindAsync(process, cancel) is not { } row) return null;
        return await tracks.OverWindowAsync(row, window, over => answer(Bare(row, over), over.ToWire()), cancel);
    }

    private static CaseFile Bare(ProcessRow row, TrackWindow over) => new(over.Track, over.From, over.To)
    {
        Overrides = over.Overrides,
        Process = new ProcessFacts(row.Pid, row.Comm, row.CommandLine) { Labels = row.Labels },
    };
}
