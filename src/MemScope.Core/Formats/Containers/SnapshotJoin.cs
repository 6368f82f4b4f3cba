using MemScope.Core.Model;

namespace MemScope.Core.Formats.Containers;

/// <summary>
/// Joins the files of one snapshot: smaps, maps, status and rollup are read one after the other and carry slightly different times.
/// They belong together when their names give the same number, or else when they are at most 250 ms apart.
/// </summary>
internal static class SnapshotJoin
{
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(250);

    /// <summary>Snapshots of one moment that are looked at; where more lie in the window, their times say nothing about what belongs together.</summary>
    private const int MaxCandidates = 64;

    /// <summary>Drops each maps that repeats an smaps, gives side figures the time and number of their snapshot, and tells each what the others know of the process.</summary>
    public static (List<Snapshot> Snapshots, List<SideFigures> Figures) Apply(List<Part<Snapshot>> snapshots, List<Part<SideFigures>> figures, DiagnosticBag diagnostics)
    {
        if (figures.Count == 0 && !snapshots.Exists(s => s.Content.Source == SnapshotSource.Maps)) return OneProcess(snapshots.ConvertAll(s => s.Content), []);
        var hosts = new HostIndex(snapshots);
        var kept = new List<Snapshot>(snapshots.Count);
        var hints = new Dictionary<Snapshot, ProcessHint>(ReferenceEqualityComparer.Instance);
        var joinedFigures = new List<SideFigures>(figures.Count);
        foreach (var (content, folder) in figures)
        {
            var host = hosts.Find(folder, content.SeriesNumber, content.TakenAt, content.Process.Pid);
            if (host is null)
            {
                joinedFigures.Add(content);
                continue;
            }
            hints[host] = Merge(hints.GetValueOrDefault(host, host.Process), content.Process);
            joinedFigures.Add(content with { TakenAt = host.TakenAt, TimeOrigin = host.TimeOrigin, SeriesNumber = host.SeriesNumber, Process = Merge(content.Process, host.Process) });
        }
        var dropped = 0;
        foreach (var (content, folder) in snapshots)
        {
            if (content.Source == SnapshotSource.Maps && hosts.Find(folder, content.SeriesNumber, content.TakenAt, content.Process.Pid) is { Source: SnapshotSource.Smaps }) dropped++;
            else kept.Add(hints.TryGetValue(content, out var hint) ? content with { Process = hint } : content);
        }
        if (dropped > 0) diagnostics.Add("CAPTURE002", Severity.Info, 0, $"{dropped} maps were left out: the smaps of the same moment hold the same mappings");
        return OneProcess(kept, joinedFigures);
    }

    /// <summary>Where the whole upload names one process only, that is the process of what names none.</summary>
    private static (List<Snapshot> Snapshots, List<SideFigures> Figures) OneProcess(List<Snapshot> snapshots, List<SideFigures> figures)
    {
        int? only = null;
        foreach (var process in snapshots.Select(s => s.Process).Concat(figures.Select(f => f.Process)))
        {
            if (process.Pid is not { } pid || pid == only) continue;
            if (only is not null) return (snapshots, figures);
            only = pid;
        }
        if (only is null) return (snapshots, figures);
        var known = new ProcessHint(only);
        return (snapshots.ConvertAll(s => s with { Process = Merge(s.Process, known) }), figures.ConvertAll(f => f with { Process = Merge(f.Process, known) }));
    }

    private static ProcessHint Merge(ProcessHint first, ProcessHint second) =>
        new(first.Pid ?? second.Pid, first.Comm ?? second.Comm, first.CommandLine ?? second.CommandLine, first.StartTicks ?? second.StartTicks);

    /// <summary>Finds the richest snapshot of a number or moment.</summary>
    private sealed class HostIndex
    {
        private readonly Dictionary<(string, int), Snapshot> _byNumber = [];
        private readonly Dictionary<string, List<(DateTimeOffset At, Snapshot Snapshot)>> _byTime = new(StringComparer.Ordinal);

        public HostIndex(List<Part<Snapshot>> snapshots)
        {
            foreach (var (content, folder) in snapshots.OrderBy(s => s.Content.Source))
            {
                if (content.SeriesNumber is { } number) _byNumber.TryAdd((folder, number), content);
                if (content.TakenAt is not { } at) continue;
                if (!_byTime.TryGetValue(folder, out var times)) _byTime[folder] = times = [];
                times.Add((at, content));
            }
            foreach (var times in _byTime.Values) times.Sort((a, b) => a.At != b.At ? a.At.CompareTo(b.At) : a.Snapshot.Source.CompareTo(b.Snapshot.Source));
        }

        public Snapshot? Find(string folder, int? number, DateTimeOffset? at, int? pid)
        {
            if (number is { } n && _byNumber.TryGetValue((folder, n), out var numbered) && Fits(numbered, pid)) return numbered;
            if (at is not { } time || !_byTime.TryGetValue(folder, out var times)) return null;
            Snapshot? best = null;
            var first = FirstFrom(times, time - Window);
            for (var i = first; i < times.Count && i < first + MaxCandidates && times[i].At <= time + Window; i++)
            {
                var candidate = times[i].Snapshot;
                // A number that differs says that it is another snapshot, however close.
                if (!Fits(candidate, pid) || (number is not null && candidate.SeriesNumber is not null)) continue;
                if (best is null || candidate.Source < best.Source) best = candidate;
            }
            return best;
        }

        private static bool Fits(Snapshot snapshot, int? pid) => pid is null || snapshot.Process.Pid is null || snapshot.Process.Pid == pid;

        private static int FirstFrom(List<(DateTimeOffset At, Snapshot Snapshot)> times, DateTimeOffset from)
        {
            var (low, high) = (0, times.Count);
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (times[middle].At < from) low = middle + 1;
                else high = middle;
            }
            return low;
        }
    }
}
