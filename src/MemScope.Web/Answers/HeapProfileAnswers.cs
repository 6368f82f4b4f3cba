using System.Globalization;
using MemScope.Core.Model;
using MemScope.Storage.Queries;
using MemScope.Web.Symbolication;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Answers about what heap profilers saw.</summary>
public sealed class HeapProfileAnswers(HeapProfileQuery profiles, FrameNaming naming)
{
    private static readonly SortedDictionary<string, long> NoLosses = new(StringComparer.Ordinal);

    /// <summary>Heap profiles of a process, newest first.</summary>
    public async Task<IReadOnlyList<HeapProfileWire>> ListAsync(Guid process, CancellationToken cancel) => [.. (await profiles.ListAsync(process, cancel)).Select(p => p.ToWire())];

    /// <summary>Live bytes by callchain of one profile, the newest when none is named; null when there is no such profile. A process without profiles gives an empty answer with a note.</summary>
    public async Task<CallchainsWire?> CallchainsAsync(Guid process, Guid? profile, CancellationToken cancel)
    {
        var rows = await profiles.ListAsync(process, cancel);
        var row = profile is null ? rows.Count > 0 ? rows[0] : null : rows.FirstOrDefault(r => r.Id == profile);
        if (row is null && profile is not null) return null;
        if (row is null || await profiles.LoadAsync(process, row.Id, cancel) is not { } loaded)
            return new CallchainsWire(CallchainWeight.Live.Slug(), 0, null, NoLosses, []) { Notes = ["No heap profile was uploaded for this process."] };

        var merge = new CallchainMerge();
        var modules = new ModuleReport();
        var frames = await naming.NameAsync(loaded.Tool, loaded.Callchains, null, cancel);
        var dump = loaded.Dumps.Count > 0 ? loaded.Dumps[^1] : new HeapDump([]);
        foreach (var site in dump.Sites)
        {
            // What the tool left out of its tree stands under its own name.
            var named = site.Callchain >= 0 ? frames[site.Callchain] : site.Kind is null ? [] : [new FrameWire(site.Kind, null, null, null, null, null, false, null) { NamedBy = "tracer" }];
            merge.Add(named, site.Live ?? 0, site.Allocated ?? 0, site.LiveCount ?? site.AllocatedCount ?? 0, null);
            modules.Add(named);
        }
        var items = merge.Ranked(CallchainWeight.Live);
        return new CallchainsWire(CallchainWeight.Live.Slug(), items.SumOf(i => i.Bytes), null, NoLosses, items)
        {
            HeapProfiles = [.. rows.Select(r => r.ToWire())],
            HeapProfile = row.Id,
            Modules = await modules.ToWireAsync(naming, cancel),
            Notes = [.. Notes(loaded, dump)],
        };
    }

    private static IEnumerable<string> Notes(HeapProfile profile, HeapDump dump)
    {
        if (profile.Unit != WeightUnit.Bytes) yield return profile.Unit == WeightUnit.Unknown ? "The file does not say what its weights count; they stand here as they are." : $"The weights are {profile.Unit.ToString().ToLowerInvariant()}, not bytes.";
        if (profile.Dumps.Count > 1) yield return string.Create(CultureInfo.InvariantCulture, $"The file holds {profile.Dumps.Count:N0} dumps; the last is shown{(dump.Label is null ? "" : $", which is {dump.Label}")}.");
        if (profile.SamplePeriodBytes is { } period) yield return string.Create(CultureInfo.InvariantCulture, $"The profiler took a sample every {period:N0} bytes on average: the figures are estimates.");
        foreach (var loss in profile.Losses) yield return loss.Text;
    }
}
