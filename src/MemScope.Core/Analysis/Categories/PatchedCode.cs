using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Categories;

/// <summary>How code came to differ from its file.</summary>
public enum PatchWay : byte
{
    /// <summary>
    /// Somebody in the process made the pages writable (mprotect): they count against the limit of committed memory since (VmFlags <c>ac</c>) and are mappings of their own. Hooks do that.
    /// </summary>
    Mprotect,
    /// <summary>The mapping was never writable, so the page was written from outside: a debugger's breakpoint (ptrace) or a uprobe.</summary>
    FromOutside,
}

/// <summary>
/// Code of a program or library that was changed in memory: pages of an executable mapping that are no longer the file's. Evidence, not a fault: hooks, debuggers and uprobes do it.
/// </summary>
/// <param name="Module">The file's name as maps prints it.</param>
/// <param name="Way">How.</param>
/// <param name="Regions">The mappings that hold changed pages, in address order.</param>
/// <param name="Bytes">What of them is changed.</param>
/// <param name="Since">Index of the first point of the track that shows it.</param>
public sealed record PatchedCode(string Module, PatchWay Way, IReadOnlyList<Region> Regions, long Bytes, int Since)
{
    /// <summary>The patched code of a point of a track, by module and way, most bytes first.</summary>
    public static IReadOnlyList<PatchedCode> Of(Track track, int at)
    {
        ArgumentNullException.ThrowIfNull(track);
        var (vmas, regions) = (track.VmasAt(at), track.AliveAt(at));
        var found = new Dictionary<(string Module, ulong Inode, PatchWay Way), (List<Region> Regions, long Bytes)>();
        for (var row = 0; row < vmas.Count; row++)
        {
            if (BytesOf(vmas, row) is not { } bytes) continue;
            var key = (vmas.Names[row], vmas.Inodes[row], WayOf(vmas, row));
            if (!found.TryGetValue(key, out var sum)) sum.Regions = [];
            sum.Regions.Add(regions[row]);
            found[key] = (sum.Regions, sum.Bytes + bytes);
        }
        return [.. found.Select(f => new PatchedCode(f.Key.Module, f.Key.Way, f.Value.Regions, f.Value.Bytes, FirstPoint(track, f.Value.Regions))).OrderByDescending(p => p.Bytes).ThenBy(p => p.Module, StringComparer.Ordinal)];
    }

    /// <summary>
    /// Changed bytes of a mapping of code, or null when it is none or has none. <c>Anonymous</c> tells; <c>Private_Dirty</c> does not: pages of a file that was just written are dirty and
    /// still the file's. A source without that number (pmap -x) shows only what is dirty and cut off.
    /// </summary>
    public static long? BytesOf(VmaTable vmas, int row)
    {
        ArgumentNullException.ThrowIfNull(vmas);
        if (!IsCode(vmas, row)) return null;
        var vma = vmas[row];
        if (vmas.Has(Metric.Anonymous)) return vma.Bytes(Metric.Anonymous) is > 0 and var anonymous ? anonymous : null;
        var dirty = Math.Max(vma.Bytes(Metric.PrivateDirty), vma.Bytes(Metric.Dirty));
        return dirty > 0 && IsCutOff(vmas, row) ? dirty : null;
    }

    private static bool IsCode(VmaTable vmas, int row)
    {
        if ((vmas.Permissions[row] & (VmaPermissions.Execute | VmaPermissions.Write | VmaPermissions.Shared)) != VmaPermissions.Execute) return false;
        var name = vmas.Names[row];
        return name.Length > 0 && name[0] != '[' && !CategoryRule.MatchesAny(NoFiles, name);
    }

    /// <summary>Code in these is made at run time: it has no file to differ from.</summary>
    private static readonly NamePattern[] NoFiles = [new("/memfd:*"), new("memfd:*"), new("/dev/*"), new("/SYSV*"), new("anon_inode:*")];

    private static PatchWay WayOf(VmaTable vmas, int row) =>
        (vmas.Flags?[row] is { } flags ? VmFlags.Has(flags, "ac") : IsCutOff(vmas, row)) ? PatchWay.Mprotect : PatchWay.FromOutside;

    /// <summary>Whether code of the same file goes on directly below or above: one mapping that was cut, or the kernel would have merged them.</summary>
    private static bool IsCutOff(VmaTable vmas, int row) => GoesOn(vmas, row - 1, row) || GoesOn(vmas, row, row + 1);

    private static bool GoesOn(VmaTable vmas, int lower, int upper) =>
        lower >= 0 && upper < vmas.Count && vmas.Ends[lower] == vmas.Starts[upper] && IsCode(vmas, lower) && IsCode(vmas, upper)
        && vmas.Inodes[lower] == vmas.Inodes[upper] && string.Equals(vmas.Names[lower], vmas.Names[upper], StringComparison.Ordinal);

    /// <summary>The first point at which one of the mappings had a changed page. Pages of code do not change back, so it holds from there on; without the number, when the first was cut off.</summary>
    private static int FirstPoint(Track track, IReadOnlyList<Region> regions)
    {
        var first = regions.Min(r => r.BornAt);
        for (var at = first; at < track.Points.Count; at++)
        {
            foreach (var region in regions)
            {
                if (!region.IsAliveAt(at)) continue;
                if (!track.Has(at, Metric.Anonymous) || track.BytesOf(region, at, Metric.Anonymous) > 0) return at;
            }
        }
        return first;
    }
}
