using MemScope.Core.Model;
using MemScope.Storage.Live;
using MemScope.Storage.Queries;
using MemScope.Storage.Symbols;

namespace MemScope.Web.Symbolication;

/// <summary>Counts in the background, behind the uploads, which modules stacks lie in; traces of before this was kept are counted at the first start.</summary>
internal sealed class StackSurvey(StackModuleStore store, TraceQuery traces, HeapProfileQuery profiles, CodeMapQuery codeMaps, ChangeFeed feed, TimeProvider time, ILogger<StackSurvey> log) : BackgroundService
{
    private const int AtATime = 16;

    /// <summary>Modules of one trace that are told apart; the rest of a hostile one is left out.</summary>
    private const int MostModules = 1000;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private readonly SemaphoreSlim _wake = new(1, 1);

    /// <inheritdoc/>
    public override void Dispose()
    {
        _wake.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var subscription = feed.SubscribeAll((_, _) => Wake());
        var damaged = new HashSet<Guid>();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await _wake.WaitAsync(stoppingToken);
                while (await store.UncountedAsync(AtATime + damaged.Count, stoppingToken) is var some && some.Any(s => !damaged.Contains(s.StacksId)))
                    foreach (var stacks in some.Where(s => !damaged.Contains(s.StacksId))) await CountAsync(stacks, damaged, stoppingToken);
                await Task.Delay(Pause, time, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                log.LogDebug("Modules of stacks are counted later: {Problem}", e.Message);
                await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>The modules of callchains.</summary>
    /// <param name="callchains">The callchains.</param>
    /// <param name="bytes">Weight of each.</param>
    /// <param name="buildIds">Build ids by path, for frames that were printed without.</param>
    internal static IReadOnlyList<StackModule> Modules(IReadOnlyList<Callchain> callchains, IReadOnlyList<long> bytes, IReadOnlyDictionary<string, string> buildIds)
    {
        var counts = new Dictionary<(string Module, string? BuildId), (HashSet<(FrameAddressKind, ulong)> Frames, HashSet<(FrameAddressKind, ulong)> Nameless, long Bytes)>();
        var inChain = new HashSet<(string, string?)>();
        for (var i = 0; i < callchains.Count; i++)
        {
            inChain.Clear();
            foreach (var frame in callchains[i].Frames)
            {
                if (frame.Module is not { Length: > 0 } module || frame.AddressKind is FrameAddressKind.None) continue;
                var key = (module, frame.BuildId ?? buildIds.GetValueOrDefault(module));
                if (!counts.TryGetValue(key, out var count))
                {
                    if (counts.Count == MostModules) continue;
                    counts[key] = count = ([], [], 0);
                }
                count.Frames.Add((frame.AddressKind, frame.Address));
                if (frame.Function is not null) continue;
                count.Nameless.Add((frame.AddressKind, frame.Address));
                if (inChain.Add(key)) counts[key] = count with { Bytes = Saturating.Add(count.Bytes, bytes[i]) };
            }
        }
        return [.. counts.Select(c => new StackModule(c.Key.Module, c.Key.BuildId, c.Value.Frames.Count, c.Value.Nameless.Count, c.Value.Bytes))];
    }

    private void Wake()
    {
        if (_wake.CurrentCount == 0) _wake.Release();
    }

    private async Task CountAsync(UncountedStacks stacks, HashSet<Guid> damaged, CancellationToken cancel)
    {
        try
        {
            var buildIds = await codeMaps.BuildIdsAsync(stacks.ProcessId, cancel);
            var modules = stacks.IsProfile
                ? await profiles.LoadAsync(stacks.ProcessId, stacks.StacksId, cancel) is { } profile ? Modules(profile.Callchains, Held(profile), buildIds) : []
                : await traces.LoadAsync(stacks.ProcessId, stacks.StacksId, cancel) is { } trace ? Modules(trace.Callchains, Mapped(trace), buildIds) : [];
            await store.KeepAsync(stacks, modules, cancel);
        }
        catch (InvalidDataException e)
        {
            damaged.Add(stacks.StacksId);
            log.LogWarning("Stacks {Stacks} are damaged and not counted: {Problem}", stacks.StacksId, e.Message);
        }
    }

    private static long[] Mapped(Trace trace)
    {
        var bytes = new long[trace.Callchains.Count];
        foreach (var e in trace.Events)
        {
            if (e.Failed || e.Callchain < 0) continue;
            var mapped = e.Call switch { MemoryCall.Mmap => e.Length, MemoryCall.Mremap when e.Length > e.OldLength => e.Length - e.OldLength, _ => 0UL };
            bytes[e.Callchain] = Saturating.Add(bytes[e.Callchain], (long)Math.Min(mapped, long.MaxValue));
        }
        return bytes;
    }

    private static long[] Held(HeapProfile profile)
    {
        var bytes = new long[profile.Callchains.Count];
        if (profile.Dumps.Count == 0) return bytes;
        foreach (var site in profile.Dumps[^1].Sites)
            if (site.Callchain >= 0) bytes[site.Callchain] = Saturating.Add(bytes[site.Callchain], site.Live ?? site.Allocated ?? 0);
        return bytes;
    }
}
