using System.Globalization;
using MemScope.Core.Analysis.Categories;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Mappings as wire records.</summary>
internal static class VmaWires
{
    /// <summary>All mappings of a point of a track, in address order; empty when there is no such point. <paramref name="overrides"/> go before the rules of categories.</summary>
    public static IReadOnlyList<VmaWire> At(Track track, int at, CategoryOverrides overrides)
    {
        if (at < 0) return [];
        var (vmas, regions, categories) = (track.VmasAt(at), track.AliveAt(at), overrides.Apply(track.AliveAt(at), track.CategoriesAt(at)));
        var wires = new VmaWire[vmas.Count];
        for (var row = 0; row < wires.Length; row++)
        {
            var vma = vmas[row];
            wires[row] = new VmaWire(AddressText.Of(vma.Start), AddressText.Of(vma.End), vma.Permissions.Text(), AddressText.Of(vma.Offset), Device(vma), vma.Inode, vma.Name, categories[row].Category.Slug(), regions[row].Id,
                vma.BytesOrNull(Metric.Rss), vma.BytesOrNull(Metric.Pss), vma.BytesOrNull(Metric.PrivateDirty), vma.BytesOrNull(Metric.Swap), vma.BytesOrNull(Metric.Anonymous), vma.Flags);
        }
        return wires;
    }

    /// <summary>A size in bytes, or null when the source does not print it.</summary>
    public static long? BytesOrNull(this Vma vma, Metric metric) => vma[metric] is { } kib ? kib * 1024 : null;

    private static string Device(Vma vma) => string.Create(CultureInfo.InvariantCulture, $"{vma.DeviceMajor:x2}:{vma.DeviceMinor:x2}");
}
