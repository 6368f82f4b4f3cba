using System.Globalization;
using MemScope.Core.Model;
using MemScope.Storage.Queries;
using MemScope.Web.Symbolication;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Answers about what heap profilers saw.</summary>
public sealed class HeapProfileAnswers(HeapProfileQuery profiles, HeapProfileCache cache, StackNaming stacks, FrameNaming naming)
{
    private static readonly SortedDictionary<string, long> NoLosses = new(StringComparer.Ordinal);

    /// <summary>Heap profiles of a process, newest first.</summary>
    public async Task<IReadOnlyList<HeapProfileWire>> ListAsync(Guid process, CancellationToken cancel) => [.. (await profiles.ListAsync(process, cancel)).Select(p => p.ToWire())];

    /// <summary>Live bytes by callchain of one profile, the newest that tells any when none is named; null when there is no such profile. A process without profiles gives an empty answer with a note.</summary>
    public async Task<StackAnswer?> AskAsync(StackQuestion question, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(question);
        var rows = await profiles.ListAsync(question.Process, cancel);
        // A file of sums has one profile of what is live and another of what was mapped in all, of the same moment.
        var row = question.Trace is null ? rows.FirstOrDefault(r => r.LiveBytes is not null) ?? (rows.Count > 0 ? rows[0] : null) : rows.FirstOrDefault(r => r.Id == question.Trace);
        if (row is null && question.Trace is not null) return null;
        var compared = question.Base is { } other ? rows.FirstOrDefault(r => r.Id == other) : null;
        if (question.Base is not null && compared is null) return null;
        var head = new CallchainsWire(CallchainWeight.Live.Slug(), 0, null, NoLosses, []);
        var merge = new StackMerge();
        if (row is null || await AddAsync(merge, row, question.Module, isBase: false, cancel) is not { } notes)
            return merge.Ranked(CallchainWeight.Live, isCompared: false, head with { Notes = ["No heap profile was uploaded for this process."] });
        if (compared is not null) notes.AddRange(await AddAsync(merge, compared, question.Module, isBase: true, cancel) ?? []);
        if (question is { Region: null, Category: null, Thread: null } is false) notes.Insert(0, "A heap profile knows no regions, categories or threads: all of it is counted.");
        if (question.Module is { } module) notes.Insert(0, $"Only callchains with a frame in {module} are counted.");

        var answer = merge.Ranked(CallchainWeight.Live, compared is not null, head with
        {
            Base = compared?.Id,
            HeapProfiles = [.. rows.Select(r => r.ToWire())],
            HeapProfile = row.Id,
            Notes = [.. notes.Distinct(StringComparer.Ordinal)],
        });
        return answer with { Head = answer.Head with { Modules = await ModuleReport.OfAsync(answer.Frames, naming, cancel) } };
    }

    /// <summary>Adds the last dump of a profile and returns its notes; null when it does not exist any more.</summary>
    private async Task<List<string>?> AddAsync(StackMerge merge, HeapProfileRow row, string? module, bool isBase, CancellationToken cancel)
    {
        if (await cache.FindAsync(row, cancel) is not { } loaded) return null;
        var named = await stacks.NameAsync(row, loaded, cancel);
        var numbers = StackMerge.Begin(named);
        var dump = loaded.Dumps.Count > 0 ? loaded.Dumps[^1] : new HeapDump([]);
        foreach (var site in dump.Sites)
        {
            if (module is not null && !named.PassesThrough(site.Callchain, module)) continue;
            var figures = new ChainFigures(site.Live ?? 0, site.Allocated ?? 0, site.LiveCount ?? site.AllocatedCount ?? 0, null);
            // What the tool left out of its tree stands under its own name.
            if (site.Callchain < 0 && site.Kind is { } kind) merge.Add(new FrameWire(kind, null, null, null, null, null, false, null) { NamedBy = "tracer" }, figures, isBase);
            else merge.Add(named, numbers, site.Callchain, figures, isBase);
        }
        return [.. Notes(loaded, dump)];
    }

    private static IEnumerable<string> Notes(HeapProfile profile, HeapDump dump)
    {
        if (profile.Unit != WeightUnit.Bytes) yield return profile.Unit == WeightUnit.Unknown ? "The file does not say what its weights count; they stand here as they are." : $"The weights are {profile.Unit.ToString().ToLowerInvariant()}, not bytes.";
        if (profile.Dumps.Count > 1) yield return string.Create(CultureInfo.InvariantCulture, $"The file holds {profile.Dumps.Count:N0} dumps; the last is shown{(dump.Label is null ? "" : $", which is {dump.Label}")}.");
        if (profile.SamplePeriodBytes is { } period) yield return string.Create(CultureInfo.InvariantCulture, $"The profiler took a sample every {period:N0} bytes on average: the figures are estimates.");
        foreach (var loss in profile.Losses) yield return loss.Text;
    }
}
