using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Proof;
using MemScope.Core.Model;
using MemScope.Storage.Captures;
using MemScope.Storage.Queries;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Finds runs of the same program, on whatever host, that carry a remedy's setting in a label or on the command line and in which the growth is gone.</summary>
public sealed class ProvenRuns(ProcessQuery processes, ProcessTracks tracks)
{
    /// <summary>Other runs of the program that are looked at, the newest.</summary>
    private const int MostRuns = 20;

    /// <summary>Proofs that are kept: a pair of runs that have not changed is not measured again.</summary>
    private const int MostKept = 500;

    private readonly RecentlyUsed<Pair, string> _proofs = new(MostKept);

    /// <summary>The findings with the runs that prove their remedies.</summary>
    public async Task<FindingsWire> WithProofsAsync(ProcessRow process, FindingsWire findings, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(process);
        ArgumentNullException.ThrowIfNull(findings);
        var settings = findings.Items.Where(f => f.Verdict != "refuted").SelectMany(f => f.Remedies).Select(r => r.Setting).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        if (settings.Count == 0) return findings;
        var proven = await ProvenByAsync(process, settings, cancel);
        return proven.Count == 0 ? findings : findings with
        {
            Items = [.. findings.Items.Select(f => f with { Remedies = [.. f.Remedies.Select(r => r.Setting is { } setting && proven.TryGetValue(setting, out var run) ? r with { ProvenBy = run } : r)] })],
        };
    }

    /// <summary>By setting the newest run with it in which the growth of a process is gone; settings that none proves are absent.</summary>
    public async Task<IReadOnlyDictionary<string, Guid>> ProvenByAsync(ProcessRow process, IReadOnlyList<string> settings, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(process);
        ArgumentNullException.ThrowIfNull(settings);
        var proven = new Dictionary<string, Guid>(StringComparer.Ordinal);
        // A process that has the setting itself and grows is no run without it.
        var asked = settings.Where(s => RunSettings.Terms(s).Count > 0 && !Carries(process, s)).ToList();
        if (asked.Count == 0 || process.Comm.Length == 0) return proven;
        var others = await processes.SearchAsync(Projects.Default, new ProcessFilter { Comm = process.Comm }, null, MostRuns + 1, cancel);
        RssSeries? before = null;
        foreach (var run in others.Items.Where(r => r.Id != process.Id).Take(MostRuns))
        {
            foreach (var setting in asked.Where(s => !proven.ContainsKey(s) && Carries(run, s)))
            {
                if (await VerdictAsync(run) != ProofVerdict.Fixed.Slug()) break;
                proven[setting] = run.Id;
            }
        }
        return proven;

        async Task<string> VerdictAsync(ProcessRow run)
        {
            var key = new Pair(process.Id, process.ChangeSeq, run.Id, run.ChangeSeq);
            if (_proofs.TryGet(key, out var known)) return known;
            before ??= await SeriesAsync(process, cancel);
            var verdict = before is { } was && await SeriesAsync(run, cancel) is { } now ? FixProver.Of((was.Seconds, was.Bytes), (now.Seconds, now.Bytes)).Verdict.Slug() : "";
            _proofs.Keep(key, verdict, 1);
            return verdict;
        }
    }

    private static bool Carries(ProcessRow run, string setting) => RunSettings.Carries(run.CommandLine, run.Labels, setting);

    private Task<RssSeries?> SeriesAsync(ProcessRow run, CancellationToken cancel) => tracks.OverWindowAsync(run, new WindowState(),
        over => over.HasRss ? new RssSeries(over.Seconds(), over.Slice(TrackSeries.Total(over.Track, Metric.Rss)).ToArray()) : null, cancel);

    private sealed record Pair(Guid Before, long BeforeChange, Guid After, long AfterChange);

    private sealed record RssSeries(double[] Seconds, double[] Bytes);
}

/// <summary>Reads whether a run was started with a setting: <c>NAME=value</c>, or an option that begins with a hyphen.</summary>
internal static class RunSettings
{
    private static readonly char[] Blanks = [' ', '\t', '\n', '\r', '\0'];

    /// <summary>The parts of a setting that a run can carry; a call like <c>malloc_trim(0)</c> has none.</summary>
    public static IReadOnlyList<string> Terms(string setting) =>
        [.. setting.Split(Blanks, StringSplitOptions.RemoveEmptyEntries).Select(Bare).Where(t => t.IndexOf('=', StringComparison.Ordinal) > 0 || (t.Length > 1 && t[0] == '-')).Distinct(StringComparer.Ordinal)];

    /// <summary>Whether the command line or the labels have every part. A label has it by its name and value, or as its value: <c>fix: NAME=value</c>.</summary>
    public static bool Carries(string commandLine, IReadOnlyDictionary<string, string> labels, string setting)
    {
        var terms = Terms(setting);
        if (terms.Count == 0) return false;
        var said = commandLine.Split(Blanks, StringSplitOptions.RemoveEmptyEntries).Concat(labels.Values.SelectMany(v => v.Split(Blanks, StringSplitOptions.RemoveEmptyEntries))).Select(Bare).ToHashSet(StringComparer.Ordinal);
        return terms.All(t => said.Contains(t) || (t.IndexOf('=', StringComparison.Ordinal) is > 0 and var at && labels.Any(l => l.Key.Equals(t[..at], StringComparison.OrdinalIgnoreCase) && l.Value.Trim() == t[(at + 1)..])));
    }

    private static string Bare(string term) => term.Trim('"', '\'', ';');
}
