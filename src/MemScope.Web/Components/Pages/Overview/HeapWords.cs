using MemScope.Web.Wire;

namespace MemScope.Web.Components.Pages.Overview;

/// <summary>Courses of heaps in words.</summary>
internal static class HeapWords
{
    /// <summary>Whether it comes from a heap profile and not from an allocator's own figures.</summary>
    public static bool IsProfile(HeapCourseWire heap) => heap.HeapProfileId != Guid.Empty;

    /// <summary>What it is.</summary>
    public static string Kind(HeapCourseWire heap) => IsProfile(heap) ? "Heap profile" : "Allocator";

    /// <summary>What it holds: <c>570 KiB live</c>, or that it is of another time.</summary>
    public static string Live(HeapCourseWire heap)
    {
        var word = IsProfile(heap) ? "live" : "in use";
        if (LiveBytes(heap) is { } bytes) return $"{Format.Size(bytes)} {word}{(heap.LiveAtEndBytes is null ? $" at {Format.Clock(heap.Times[^1])}" : "")}";
        return $"of {Format.DateTime(heap.LastAt)}, outside this window";
    }

    /// <summary>Live bytes at the window's end, or at its last moment in the window where it does not reach so far; null when it has none there.</summary>
    public static long? LiveBytes(HeapCourseWire heap) => heap.LiveAtEndBytes ?? (heap.LiveBytes.Count > 0 ? heap.LiveBytes[^1] : null);

    /// <summary>What of the growth it leaves: <c>98 % of the growth is not in it</c>; null where it says nothing of growth.</summary>
    public static string? Left(HeapCourseWire heap) => heap.Residual is { Share: { } share } ? $"{Percent(share)} of the growth is not in it" : null;

    /// <summary>Its callchains by live bytes, or null in a frozen view and for allocators, which have none.</summary>
    public static string? Stacks(ViewLinks? links, HeapCourseWire heap) => IsProfile(heap) ? links?.Stacks(trace: heap.HeapProfileId, weight: "live") : null;

    /// <summary>A share that is neither all nor nothing is not rounded to either.</summary>
    public static string Percent(double share) => share switch
    {
        <= 0 => "0 %",
        < 0.01 => "< 1 %",
        > 0.99 and < 1 => "> 99 %",
        _ => FormattableString.Invariant($"{100 * share:0} %"),
    };
}
