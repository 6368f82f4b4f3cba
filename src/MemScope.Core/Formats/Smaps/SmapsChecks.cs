using System.Runtime.CompilerServices;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Smaps;

/// <summary>What must hold between the numbers of a mapping and between mappings (fs/proc/task_mmu.c); a breach is reported, the numbers are kept as printed.</summary>
internal sealed class SmapsChecks(DiagnosticBag diagnostics)
{
    private AddressRange _range;
    private int _line, _keys, _previousKeys;

    /// <summary>A mapping begins at <paramref name="line"/>, behind one that ends at <paramref name="previousEnd"/>.</summary>
    public void BeginMapping(AddressRange range, ulong previousEnd, int line)
    {
        _range = range;
        (_previousKeys, _keys, _line) = (_keys, 0, line);
        if (range.IsEmpty) diagnostics.Add("SMAPS005", Severity.Warning, line, $"the range {range} is empty or reversed");
        else if (range.Start < previousEnd) diagnostics.Add("SMAPS005", Severity.Warning, line, $"{range} overlaps the mapping before it, which ends at {previousEnd:x8}");
    }

    /// <summary>Keys of the mapping were read.</summary>
    public void CountKeys(int count) => _keys += count;

    /// <summary>The mapping's last key was read; it is the last row of <paramref name="vmas"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void EndMapping(VmaTable.Builder vmas)
    {
        var rss = vmas.Get(Metric.Rss);
        if (rss < 0) return;
        var size = vmas.Get(Metric.Size);
        if (size >= 0 && (ulong)size != _range.Length / 1024) Breach($"Size is {size} kB but the range has {_range.Length / 1024}");
        var (sharedClean, sharedDirty) = (vmas.Get(Metric.SharedClean), vmas.Get(Metric.SharedDirty));
        var (privateClean, privateDirty) = (vmas.Get(Metric.PrivateClean), vmas.Get(Metric.PrivateDirty));
        var pss = vmas.Get(Metric.Pss);
        if (sharedClean >= 0 && sharedDirty >= 0 && privateClean >= 0 && privateDirty >= 0 && rss != sharedClean + sharedDirty + privateClean + privateDirty)
            Breach($"Rss is {rss} kB but its four parts make {sharedClean + sharedDirty + privateClean + privateDirty}");
        if (pss > rss) Breach($"Pss, {pss} kB, is above Rss, {rss} kB");
        if (pss >= 0 && privateClean >= 0 && privateDirty >= 0 && pss < privateClean + privateDirty) Breach($"Pss, {pss} kB, is below the private pages, {privateClean + privateDirty} kB");
        var anonymous = vmas.Get(Metric.Anonymous);
        if (anonymous > rss) Breach($"Anonymous, {anonymous} kB, is above Rss, {rss} kB");
    }

    /// <summary>The block ends: a last mapping with fewer keys than the one before it, or a line without its end, was cut off.</summary>
    public void EndBlock(bool hasKeys, bool terminated, int line)
    {
        if (hasKeys && _keys < _previousKeys)
            diagnostics.Add("SMAPS003", Severity.Warning, line, $"the last mapping is cut off: {_keys} of {_previousKeys} lines; what is there was kept");
        else if (!hasKeys && !terminated)
            diagnostics.Add("SMAPS003", Severity.Warning, line, "the last line has no end and may be cut off");
    }

    private void Breach(string text) => diagnostics.Add("SMAPS001", Severity.Warning, _line, text);
}
