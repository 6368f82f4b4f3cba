using MemScope.Core.Analysis.Callchains;
using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Model;
using MemScope.Web.Symbolication;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Where a trace's memory is mapped and unmapped.</summary>
internal static class TraceSites
{
    /// <summary>Callchains that are named: the heaviest, for naming all of a large trace takes longer than the answer is worth.</summary>
    private const int MostChains = 400;

    private const int MostSites = 20, MostCallers = 5;

    /// <summary>The places with the most bytes mapped and unmapped.</summary>
    public static async Task<IReadOnlyList<TraceSiteWire>> OfAsync(Trace trace, OutstandingMemory memory, FrameNaming naming, VmaTable? maps, CancellationToken cancel)
    {
        var heaviest = memory.CallchainActivity.Where(c => Churn(c.Activity) > 0).OrderByDescending(c => Churn(c.Activity)).Take(MostChains).ToList();
        var named = await naming.NameAsync(trace.Tool, [.. heaviest.Where(c => c.Callchain >= 0).Select(c => trace.Callchains[c.Callchain])], maps, cancel);
        var next = 0;
        var sites = new Dictionary<(string?, string?, string?), Site>();
        foreach (var (callchain, activity) in heaviest)
        {
            var frames = callchain < 0 ? [] : named.FramesOf(next++).ToArray();
            var at = IndexOfSite(named, frames);
            var frame = at < 0 ? null : named.Frames[frames[at]];
            var key = (frame?.Module, frame?.Function, frame?.Function is null ? frame?.Offset : null);
            sites[key] = sites.TryGetValue(key, out var known)
                ? known with { Chains = known.Chains + 1, Activity = known.Activity.Plus(activity) }
                : new Site(frame, CallersOf(named, frames.AsSpan(at < 0 ? 0 : at + 1)), 1, activity);
        }
        return [.. sites.Values.OrderByDescending(s => Churn(s.Activity)).Take(MostSites).Select(s => new TraceSiteWire(s.Frame, s.Callers, s.Chains, TraceFigures.ToWire(s.Activity)))];
    }

    /// <summary>Bytes mapped and unmapped.</summary>
    public static long Churn(MemoryActivity activity) => Saturating.Add(activity.MappedBytes, activity.UnmappedBytes);

    /// <summary>Index in a chain of the first frame from the leaf that is not one of libc's bare wrappers: where the memory is asked for. -1 of a chain without frames.</summary>
    public static int IndexOfSite(NamedStacks named, ReadOnlySpan<int> frames)
    {
        for (var i = 0; i < frames.Length; i++)
            if (!FrameRoles.IsWrapper(named.Frames[frames[i]].Function)) return i;
        return frames.IsEmpty ? -1 : 0;
    }

    private static List<FrameWire> CallersOf(NamedStacks named, ReadOnlySpan<int> frames)
    {
        var callers = new List<FrameWire>();
        foreach (var frame in frames[..Math.Min(frames.Length, MostCallers)]) callers.Add(named.Frames[frame]);
        return callers;
    }

    private sealed record Site(FrameWire? Frame, IReadOnlyList<FrameWire> Callers, int Chains, MemoryActivity Activity);
}
