using System.Globalization;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Callchains;

/// <summary>A pattern in a stack that says something about who maps memory. Evidence for a finding, never one by itself.</summary>
public enum MotifKind : byte
{
    /// <summary>Memory is mapped beneath a function that releases memory: the path that gives back takes.</summary>
    MapBeneathRelease,

    /// <summary>The call goes through libc's <c>syscall()</c>, past libc's mmap: shims and heap profilers that wrap mmap do not see it.</summary>
    RawSyscall,

    /// <summary>The system call is made outside libc: nothing that wraps libc sees it.</summary>
    InlineSyscall,

    /// <summary>Memory is mapped while a signal is handled.</summary>
    MapInSignalHandler,
}

/// <summary>A motif in one stack.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Frames">Indices of the frames that it rests on, leaf first.</param>
/// <param name="Words">What it means, with the names.</param>
public sealed record Motif(MotifKind Kind, IReadOnlyList<int> Frames, string Words);

/// <summary>A motif over all stacks of an answer.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Words">Of the heaviest stack.</param>
/// <param name="Stacks">Distinct stacks with it.</param>
/// <param name="Calls">Calls that have them.</param>
/// <param name="Bytes">Bytes that those mapped.</param>
public sealed record MotifShare(MotifKind Kind, string Words, int Stacks, long Calls, long Bytes);

/// <summary>Finds motifs in stacks of calls that mapped memory.</summary>
public static class Motifs
{
    private static readonly HashSet<string> SignalFrames = new(StringComparer.Ordinal) { "<signal handler called>", "__restore_rt", "__kernel_rt_sigreturn" };

    /// <summary>Slug of a kind: <c>map-beneath-release</c>, <c>raw-syscall</c>, <c>inline-syscall</c>, <c>map-in-signal-handler</c>.</summary>
    public static string Slug(this MotifKind kind) => kind switch
    {
        MotifKind.MapBeneathRelease => "map-beneath-release",
        MotifKind.RawSyscall => "raw-syscall",
        MotifKind.InlineSyscall => "inline-syscall",
        _ => "map-in-signal-handler",
    };

    /// <summary>The motifs of the stack of a call that mapped memory.</summary>
    /// <param name="frames">Leaf first.</param>
    public static IReadOnlyList<Motif> In(IReadOnlyList<NamedFrame> frames)
    {
        if (frames.Count == 0) return [];
        var found = new List<Motif>();
        var leaf = frames[0];
        var isInLibc = leaf.Module is { } module && FrameRoles.IsLibc(module);
        if (BeneathRelease(frames) is { } beneath) found.Add(beneath);
        // By symbol and module, never by the offset: that is another in every build.
        if (leaf.Function == "syscall" && (leaf.Module is null || isInLibc))
            found.Add(new Motif(MotifKind.RawSyscall, frames.Count > 1 ? [0, 1] : [0], "It maps by libc's syscall(), past libc's mmap: preloaded shims and heap profilers do not see it."));
        else if (leaf is { Module: { } outside, Inlined: false } && !isInLibc && outside is not PlacedFrame.Jit && !outside.StartsWith("[kernel", StringComparison.Ordinal) && !FrameRoles.IsWrapper(leaf.Function))
            found.Add(new Motif(MotifKind.InlineSyscall, [0], $"{NameOf(leaf)} makes the system call itself, outside libc: nothing that wraps libc's functions sees it."));
        for (var i = 1; i < frames.Count; i++)
        {
            if (frames[i].Function is not { } function || !SignalFrames.Contains(function)) continue;
            found.Add(new Motif(MotifKind.MapInSignalHandler, [i - 1, i], $"It maps while {NameOf(frames[i - 1])} handles a signal."));
            break;
        }
        return found;
    }

    /// <summary>The motifs of many stacks, heaviest first.</summary>
    /// <param name="stacks">The motifs of each stack, and what its calls mapped.</param>
    public static IReadOnlyList<MotifShare> Total(IEnumerable<(IReadOnlyList<Motif> Motifs, long Calls, long Bytes)> stacks) =>
    [
        .. stacks.SelectMany(s => s.Motifs.Select(m => (Motif: m, s.Calls, s.Bytes))).GroupBy(m => m.Motif.Kind)
            .Select(g => new MotifShare(g.Key, g.MaxBy(m => m.Bytes).Motif.Words, g.Count(), g.SumOf(m => m.Calls), g.SumOf(m => m.Bytes)))
            .OrderByDescending(m => m.Bytes).ThenBy(m => m.Kind),
    ];

    private static Motif? BeneathRelease(IReadOnlyList<NamedFrame> frames)
    {
        // The outermost one: that is what somebody called to give memory back.
        for (var i = frames.Count - 1; i > 0; i--)
        {
            if (FrameRoles.Of(frames[i].Function) != FrameRole.Releases) continue;
            return new Motif(MotifKind.MapBeneathRelease, [0, i], string.Create(CultureInfo.InvariantCulture, $"The path that releases memory takes memory: {NameOf(frames[0])} maps beneath {frames[i].Function}."));
        }
        return null;
    }

    private static string NameOf(NamedFrame frame) => frame.Function ?? frame.Module ?? "unknown code";
}
