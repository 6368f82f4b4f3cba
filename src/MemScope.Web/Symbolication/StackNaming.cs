using MemScope.Core.Analysis.Callchains;
using MemScope.Core.Model;
using MemScope.Storage.Queries;

namespace MemScope.Web.Symbolication;

/// <summary>
/// Says of the stacks of a trace or heap profile where their frames lie, what these are called, and where one is probably missing. Frames that were placed when they arrived need nothing more; the
/// others are placed by the snapshots that there are now.
/// </summary>
public sealed class StackNaming(FrameNaming naming, MapsQuery maps, CodeMapQuery codeMaps)
{
    /// <summary>Maps of JIT code that are kept in memory: each may name two million functions.</summary>
    private const int MostJitMaps = 2;

    private readonly RecentlyUsed<Guid, JitNames> _jit = new(MostJitMaps);

    /// <summary>The stacks of a trace.</summary>
    public Task<NamedStacks> NameAsync(TraceRow row, Trace trace, CancellationToken cancel) => NameAsync(row, trace, null, cancel);

    /// <summary>Some stacks of a trace.</summary>
    /// <param name="row">The trace.</param>
    /// <param name="trace">Its content.</param>
    /// <param name="only">Which of its callchains, in the order of the answer; null for all.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task<NamedStacks> NameAsync(TraceRow row, Trace trace, IReadOnlyList<int>? only, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(row);
        var around = await AroundAsync(row.ProcessId, trace.Callchains, Middle(row.From, row.To) ?? row.ReceivedAt, cancel);
        var map = ModuleMap.Of(trace, around, await codeMaps.BuildIdsAsync(row.ProcessId, cancel));
        var placed = FramePlacement.Of(trace, map, await JitAsync(row.ProcessId, trace.Callchains, row.To, cancel));
        var named = await naming.NameAsync(only is null ? placed : [.. only.Select(c => placed[c])], map, cancel);
        if (Unwinding.Of(trace).Unwinder is Unwinder.FramePointers) named.MarkGaps();
        return named;
    }

    /// <summary>The stacks of a heap profile.</summary>
    public async Task<NamedStacks> NameAsync(HeapProfileRow row, HeapProfile profile, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(row);
        var around = await AroundAsync(row.ProcessId, profile.Callchains, row.TakenAt, cancel);
        var map = ModuleMap.Of(profile, around, await codeMaps.BuildIdsAsync(row.ProcessId, cancel));
        return await naming.NameAsync(FramePlacement.Of(profile, map, await JitAsync(row.ProcessId, profile.Callchains, row.TakenAt, cancel)), map, cancel);
    }

    private async Task<IReadOnlyList<VmaTable>> AroundAsync(Guid process, IReadOnlyList<Callchain> callchains, DateTimeOffset at, CancellationToken cancel) =>
        Normalization.IsNeeded(callchains) ? await maps.AroundAsync(process, at, cancel) : [];

    private async Task<JitNames?> JitAsync(Guid process, IReadOnlyList<Callchain> callchains, DateTimeOffset? end, CancellationToken cancel)
    {
        if (!callchains.Any(c => c.Frames.Any(f => f is { AddressKind: FrameAddressKind.Absolute, Function: null }))) return null;
        if (await codeMaps.FindJitNamesAsync(process, end, cancel) is not { } id) return null;
        if (_jit.TryGet(id, out var kept)) return kept;
        if (await codeMaps.LoadJitNamesAsync(process, id, cancel) is not { } map) return null;
        var names = await Task.Run(() => new JitNames(map), cancel);
        _jit.Keep(id, names, 1);
        return names;
    }

    private static DateTimeOffset? Middle(DateTimeOffset? from, DateTimeOffset? to) => from is { } begin && to is { } end ? begin + ((end - begin) / 2) : null;
}
