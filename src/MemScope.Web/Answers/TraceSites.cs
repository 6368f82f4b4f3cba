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
            var at = Array.FindIndex(frames, f => !IsWrapper(named.Frames[f]));
            if (at < 0 && frames.Length > 0) at = 0;
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

    private static List<FrameWire> CallersOf(NamedStacks named, ReadOnlySpan<int> frames)
    {
        var callers = new List<FrameWire>();
        foreach (var frame in frames[..Math.Min(frames.Length, MostCallers)]) callers.Add(named.Frames[frame]);
        return callers;
    }

    // libc's and the dynamic loader's thin wrappers ask the kernel for somebody else.
    private static bool IsWrapper(FrameWire frame) => frame.Function is "syscall" or "mmap" or "mmap64" or "__mmap" or "__mmap64" or "munmap" or "__munmap" or "mremap" or "__mremap" or "brk" or "__brk" or "sbrk" or "__sbrk"
        or "madvise" or "__madvise" or "mprotect" or "__mprotect" or "__GI___mmap64" or "__GI___munmap" or "__GI_madvise" or "__GI___mremap";

    private sealed record Site(FrameWire? Frame, IReadOnlyList<FrameWire> Callers, int Chains, MemoryActivity Activity);
}
