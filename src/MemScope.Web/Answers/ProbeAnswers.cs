using MemScope.Core.Analysis.Probes;
using MemScope.Core.Model;
using MemScope.Storage.Queries;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Answers with commands that are made for a process.</summary>
public sealed class ProbeAnswers(ProcessTracks tracks, MapsQuery maps, TraceQuery traces)
{
    // Go's heap begins here on 64-bit Linux (runtime/malloc.go: arena hints 0x00c0 << 32).
    private const ulong GoHeap = 0xc0_0000_0000;

    // A rate of a shorter trace may be that of one burst.
    private const long LeastNs = 500_000_000;

    /// <summary>Probes of a process, the gentlest first; null when it does not exist.</summary>
    /// <param name="process">The process.</param>
    /// <param name="slug">The one that is asked for, whether or not it fits; null for all that fit.</param>
    /// <param name="server">Address of this server as the asker sees it, without a slash at the end.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task<IReadOnlyList<ProbeWire>?> ListAsync(Guid process, string? slug, string server, CancellationToken cancel)
    {
        if (await TargetAsync(process, server, cancel) is not { } target) return null;
        if (slug is null) return [.. ProbeBook.All(target).Select(p => p.ToWire())];
        return ProbeBook.Find(slug, target) is { } found ? [found.ToWire()] : [];
    }

    /// <summary>What shows who maps the memory of a process, the one that suits it best first; null when it does not exist.</summary>
    public async Task<IReadOnlyList<ProbeWire>?> TracersAsync(Guid process, string server, CancellationToken cancel) =>
        await TargetAsync(process, server, cancel) is { } target ? [.. ProbeBook.Tracers(target).Select(p => p.ToWire())] : null;

    /// <summary>Findings with the probes that would move each, made for the process; of one that is unclear and has no finding those that would tell.</summary>
    /// <param name="findings">The findings.</param>
    /// <param name="process">The process.</param>
    /// <param name="server">Address of this server as the asker sees it, without a slash at the end.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task<FindingsWire> WithProbesAsync(FindingsWire findings, Guid process, string server, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(findings);
        if (findings.Items.All(f => f.ProbeSlugs.Count == 0) && findings.Assessment.Kind == "healthy") return findings;
        if (await TargetAsync(process, server, cancel) is not { } target) return findings;
        return findings with
        {
            Items = [.. findings.Items.Select(f => f with { NextProbes = Made(WithProof(f), target with { Setting = f.Remedies.FirstOrDefault(r => r.Setting is not null)?.Setting }) })],
            NextProbes = findings.Items.Count > 0 || findings.Assessment.Kind == "healthy" ? [] : Made(findings.Assessment.Kind == "unclear" ? ProbeBook.Watching : [ProbeBook.Tracers(target)[0].Slug], target),
        };

        // Where something is to be done about it, a run with it is the last probe; of a finding that is confirmed it is all that is left to know.
        static IEnumerable<string> WithProof(FindingWire f) => f switch
        {
            { Remedies.Count: 0 } or { Verdict: "refuted" } => f.ProbeSlugs,
            { Verdict: "confirmed" } => f.ProbeSlugs.Prepend(ProbeBook.FixWatch).Distinct(StringComparer.Ordinal),
            _ => f.ProbeSlugs.Append(ProbeBook.FixWatch).Distinct(StringComparer.Ordinal),
        };
        static List<ProbeWire> Made(IEnumerable<string> slugs, ProbeTarget target) => [.. slugs.Select(slug => ProbeBook.Find(slug, target)).OfType<Probe>().Select(p => p.ToWire())];
    }

    /// <summary>What probes are made for; null when the process does not exist.</summary>
    public async Task<ProbeTarget?> TargetAsync(Guid process, string server, CancellationToken cancel)
    {
        if (await tracks.FindAsync(process, cancel) is not { } row) return null;
        var mapped = row.Tracks.Count == 0 ? [] : await maps.AroundAsync(process, row.Tracks.Max(t => t.LastAt), cancel);
        return new ProbeTarget(row.Pid, process, server)
        {
            Comm = row.Comm,
            Host = row.Host,
            Modules = mapped.Count == 0 ? [] : ModulesOf(mapped[0]),
            HasGoHeap = mapped.Count > 0 && mapped[0].StartColumn.Contains(GoHeap),
            CallsPerSecond = RateOf(await traces.ListAsync(process, cancel)),
        };
    }

    private static List<string> ModulesOf(VmaTable vmas)
    {
        var paths = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in vmas.NameColumn)
            if (name.StartsWith('/')) paths.Add(name);
        return [.. paths];
    }

    /// <summary>Calls per second of the busiest trace, or null when none tells.</summary>
    private static double? RateOf(IReadOnlyList<TraceRow> rows) =>
        rows.Where(t => t is { FromNs: not null, ToNs: not null } && t.ToNs - t.FromNs >= LeastNs).Select(t => (double?)(t.Events * 1e9 / (t.ToNs!.Value - t.FromNs!.Value))).Max();
}
