using MemScope.Core.Analysis.Callchains;
using MemScope.Web.Wire;

namespace MemScope.Web.Components.Pages.Stacks;

/// <summary>How a frame is written.</summary>
public static class Frames
{
    private const int ShortId = 8;

    /// <summary>The function, or <c>libucs.so.0+0x36ced [0e23ab09]</c> where there is no name: the build id is cut, <see cref="FullPlace"/> has all of it.</summary>
    public static string Title(FrameWire frame) => frame.Function is { Length: > 0 } name ? name
        : frame.BuildId is { Length: > ShortId } id ? $"{Place(frame)} [{id[..ShortId]}]" : FullPlace(frame);

    /// <summary>Module and offset: <c>libucs.so.0+0x36ced</c>.</summary>
    public static string Place(FrameWire frame)
    {
        var module = frame.Module is { Length: > 0 } m ? Format.FileName(m) : "no module";
        return frame.Offset is { Length: > 0 } offset ? $"{module}+0x{(offset.StartsWith("0x", StringComparison.Ordinal) ? offset[2..] : offset)}" : module;
    }

    /// <summary>The same with the whole build id, for tooltips.</summary>
    public static string FullPlace(FrameWire frame) => frame.BuildId is { Length: > 0 } id ? $"{Place(frame)} [{id}]" : Place(frame);

    /// <summary>The module's file name, or empty.</summary>
    public static string Module(FrameWire frame) => frame.Module is { Length: > 0 } m ? Format.FileName(m) : "";

    /// <summary><c>rcache.c:244</c>, or the offset where no line is known.</summary>
    public static string Source(FrameWire frame) => frame.File is { Length: > 0 } file ? frame.Line is { } line ? FormattableString.Invariant($"{Format.FileName(file)}:{line}") : Format.FileName(file)
        : frame.Function is null || frame.Offset is null || frame.Module is null ? "" : $"+0x{(frame.Offset.StartsWith("0x", StringComparison.Ordinal) ? frame.Offset[2..] : frame.Offset)}";

    /// <summary>The first frame from the leaf that is not a bare system call wrapper: where the memory is asked for.</summary>
    public static FrameWire? Site(IReadOnlyList<FrameWire> frames) => frames.FirstOrDefault(f => !IsWrapper(f)) ?? (frames.Count > 0 ? frames[0] : null);

    /// <summary>The callers of the site, nearest first, as one line.</summary>
    public static string CalledFrom(IReadOnlyList<FrameWire> frames, int most = 5)
    {
        var site = Site(frames);
        var callers = frames.SkipWhile(f => !ReferenceEquals(f, site)).Skip(1).Select(Title).ToList();
        return string.Join(" ← ", callers.Take(most)) + (callers.Count > most ? " ← …" : "");
    }

    /// <summary>A frame as a copied stack has it: <c>ucs_mpool_grow (mpool.c:266) libucs.so.0.0.0+0x36ced [0e23ab09…]</c>.</summary>
    public static string Line(FrameWire frame)
    {
        var place = FullPlace(frame);
        if (frame.Function is not { Length: > 0 } name) return place;
        var source = frame.File is { Length: > 0 } file ? frame.Line is { } line ? FormattableString.Invariant($" ({file}:{line})") : $" ({file})" : "";
        return $"{name}{source}{(frame.Module is null ? "" : " " + place)}{(frame.Inlined ? " inlined" : "")}";
    }

    /// <summary>Whether it is one of libc's thin wrappers: they ask the kernel for somebody else.</summary>
    public static bool IsWrapper(FrameWire frame) => FrameRoles.IsWrapper(frame.Function);
}
