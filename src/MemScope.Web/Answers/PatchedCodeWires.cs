using MemScope.Core.Analysis.Categories;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Code that was changed in memory, as wire records.</summary>
internal static class PatchedCodeWires
{
    /// <summary>What the window's last snapshot shows.</summary>
    public static IReadOnlyList<PatchedCodeWire> Of(TrackWindow window) => [.. PatchedCode.Of(window.Track, window.To).Select(p => Of(window, p))];

    private static PatchedCodeWire Of(TrackWindow window, PatchedCode patched)
    {
        var since = window.Track.Points[patched.Since];
        var ranges = patched.Regions.Select(r => (Region: r, Range: window.Track.RangeOf(r, window.To)));
        return new(patched.Module, patched.Way == PatchWay.Mprotect ? "mprotect" : "outside", patched.Bytes, since.Number, since.TakenAt,
            [.. ranges.Select(r => new PatchedRangeWire(r.Region.Id, AddressText.Of(r.Range.Start), AddressText.Of(r.Range.End)))], patched.Sentence(window.Track, window.To));
    }
}
