using MemScope.Core.Analysis.Callchains;
using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Model;
using MemScope.Storage.Queries;
using MemScope.Web.Symbolication;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Where a trace's memory is mapped and unmapped.</summary>
internal static class TraceSites
{
    /// <summary>Call sites of which one callchain is named: naming all of a large trace takes longer than the answer is worth.</summary>
    private const int MostNamed = 200;

    private const int MostSites = 20, MostCallers = 5;

    /// <summary>
    /// The places with the most bytes mapped and unmapped. All callchains are added up by the frame that asks for the memory, as the tracer printed it; the heaviest of these are named, and what turns out
    /// to be one function becomes one place.
    /// </summary>
    public static async Task<IReadOnlyList<TraceSiteWire>> OfAsync(TraceRow row, Trace trace, OutstandingMemory memory, StackNaming stacks, CancellationToken cancel)
    {
        var printed = ByFrame(trace, memory);
        var named = await stacks.NameAsync(row, trace, [.. printed.Where(p => p.Heaviest >= 0).Select(p => p.Heaviest)], cancel);
        var next = 0;
        var sites = new Dictionary<(string?, string?, string?), Site>();
        foreach (var (_, chains, activity, heaviest) in printed)
        {
            var frames = heaviest < 0 ? [] : named.FramesOf(next++).ToArray();
            var at = IndexOfSite(named, frames);
            var frame = at < 0 ? null : named.Frames[frames[at]];
            var key = (frame?.Module, frame?.Function, frame?.Function is null ? frame?.Offset : null);
            sites[key] = sites.TryGetValue(key, out var known)
                ? known with { Chains = known.Chains + chains, Activity = known.Activity.Plus(activity) }
                : new Site(frame, CallersOf(named, frames.AsSpan(at < 0 ? 0 : at + 1)), chains, activity);
        }
        return [.. sites.Values.OrderByDescending(s => Churn(s.Activity)).Take(MostSites).Select(s => new TraceSiteWire(s.Frame, s.Callers, s.Chains, TraceFigures.ToWire(s.Activity)))];
    }

    /// <summary>The heaviest call sites as the tracer printed them, each with its heaviest callchain (-1: events without a stack).</summary>
    private static List<Printed> ByFrame(Trace trace, OutstandingMemory memory)
    {
        var sums = new Dictionary<RawFrame, Printed>();
        Printed? without = null;
        // Callchains come as a list of what they left, not of what they did: the heaviest of a site comes first here.
        foreach (var (callchain, activity) in memory.CallchainActivity.Where(c => Churn(c.Activity) > 0).OrderByDescending(c => Churn(c.Activity)))
        {
            if (callchain < 0 || trace.Callchains[callchain].Frames.Count == 0)
            {
                without = without is null ? new Printed(null, 1, activity, -1) : without with { Chains = without.Chains + 1, Activity = without.Activity.Plus(activity) };
                continue;
            }
            var frame = AskingFrame(trace.Callchains[callchain]);
            sums[frame] = sums.TryGetValue(frame, out var known) ? known with { Chains = known.Chains + 1, Activity = known.Activity.Plus(activity) } : new Printed(frame, 1, activity, callchain);
        }
        var all = sums.Values.ToList();
        if (without is not null) all.Add(without);
        return [.. all.OrderByDescending(p => Churn(p.Activity)).Take(MostNamed)];
    }

    // A frame of libc or the loader without a name only passes the call on, too.
    private static RawFrame AskingFrame(Callchain callchain)
    {
        foreach (var frame in callchain.Frames)
            if (frame.Function is { } name ? !FrameRoles.IsWrapper(name) : frame.Module is null || !CallingModule.IsWrapper(frame.Module)) return frame;
        return callchain.Frames[0];
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

    private sealed record Printed(RawFrame? Frame, int Chains, MemoryActivity Activity, int Heaviest);

    private sealed record Site(FrameWire? Frame, IReadOnlyList<FrameWire> Callers, int Chains, MemoryActivity Activity);
}
