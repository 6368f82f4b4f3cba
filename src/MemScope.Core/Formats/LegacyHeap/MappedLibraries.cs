using MemScope.Core.Formats.Smaps;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.LegacyHeap;

/// <summary>
/// The mappings behind <c>MAPPED_LIBRARIES:</c>. jemalloc copies /proc/PID/maps, gperftools prints it anew (device always 00:00, no anonymous memory):
/// <code>
/// 563a18a31000-563a18a32000 r-xp 00001000 fe:00 11657958                   /tmp/leak
/// 562b87865000-562b87866000 r-xp 00001000 00:00 11657288    /tmp/leak
/// </code>
/// </summary>
internal sealed class MappedLibraries
{
    private readonly List<MappedModule> _modules = [];
    private bool _isSorted = true;

    /// <summary>The mappings of files, by address.</summary>
    public IReadOnlyList<MappedModule> Modules => Sorted();

    /// <summary>Whether a line begins the section.</summary>
    public static bool IsHead(ReadOnlySpan<byte> line) => line.StartsWith("MAPPED_LIBRARIES:"u8) || line.StartsWith("--- Memory map:"u8);

    /// <summary>Takes a line of the section; false when it is no mapping. Memory without a file is passed over.</summary>
    public bool TryAdd(ReadOnlySpan<byte> line, NameTable names)
    {
        if (!MapsLine.TryParse(line, out var map) || map.End < map.Start) return false;
        if (!map.Name.StartsWith("/"u8)) return true;
        _isSorted &= _modules.Count == 0 || _modules[^1].Range.Start <= map.Start;
        _modules.Add(new MappedModule(new AddressRange(map.Start, map.End), map.Offset, names.Get(map.Name)));
        return true;
    }

    /// <summary>A frame as module and file offset where its mapping is listed, else with its address.</summary>
    public RawFrame FrameAt(ulong address)
    {
        var modules = Sorted();
        int low = 0, high = modules.Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (modules[middle].Range.Start <= address) low = middle + 1;
            else high = middle;
        }
        if (low > 0 && address < modules[low - 1].Range.End)
        {
            var module = modules[low - 1];
            return new RawFrame { Address = unchecked(address - module.Range.Start + module.FileOffset), AddressKind = FrameAddressKind.InModule, Module = module.Path };
        }
        return new RawFrame { Address = address, AddressKind = FrameAddressKind.Absolute };
    }

    private List<MappedModule> Sorted()
    {
        if (!_isSorted) _modules.Sort((a, b) => a.Range.Start.CompareTo(b.Range.Start));
        _isSorted = true;
        return _modules;
    }
}
