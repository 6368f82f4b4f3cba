using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Heaptrack;

/// <summary>
/// The modules of a raw file. heaptrack lists them anew, after a line that forgets the old ones, whenever a library came or went:
/// <code>
/// m 1 -
/// m 1 x 55721530a000 0 1138 2000 1ec1 4000 6bd 5da0 660
/// m 23 /lib/x86_64-linux-gnu/libgcc_s.so.1 7f5925979000 0 2c78 3000 168d1 1a000 330c 1edb0 518
/// </code>
/// Behind the path stand the load bias and, for each PT_LOAD segment, its link address and its size in memory.
/// </summary>
internal sealed class HeaptrackModules
{
    /// <summary>Segments that are mapped at one time: 16,384, of some 4,000 libraries.</summary>
    private const int MaxSegments = 1 << 14;

    /// <summary>By address.</summary>
    private readonly List<Segment> _segments = [];
    private readonly HashSet<MappedModule> _known = [];
    private readonly List<MappedModule> _all = [];

    /// <summary>A segment where it was mapped.</summary>
    private readonly record struct Segment(AddressRange Range, ulong Bias, string Path);

    /// <summary>Every segment that was ever listed, in the order of the file. heaptrack gives link addresses, not file offsets, and so the offset of each is the link address of its first byte.</summary>
    public IReadOnlyList<MappedModule> All => _all;

    /// <summary>Segments that were left out because there were too many.</summary>
    public int Dropped { get; private set; }

    /// <summary>Forgets what is mapped.</summary>
    public void Clear() => _segments.Clear();

    /// <summary>Enters a module; false when its numbers make no sense.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="numbers">Load bias, then link address and size of each segment.</param>
    public bool TryAdd(string path, ref HeaptrackFields numbers)
    {
        if (!numbers.TryHex(out var bias)) return false;
        while (numbers.TryHex(out var linkAddress))
        {
            if (!numbers.TryHex(out var size)) return false;
            var start = unchecked(bias + linkAddress);
            if (size == 0) continue;
            if (ulong.MaxValue - start < size) return false;
            Insert(new Segment(new AddressRange(start, start + size), bias, path), linkAddress);
        }
        return numbers.IsAtEnd;
    }

    /// <summary>The module of an address and the address less the load bias, which is its link address; false when it lies in none.</summary>
    public bool TryFind(ulong address, out string path, out ulong linkAddress)
    {
        var (low, high) = (0, _segments.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_segments[middle].Range.Start <= address) low = middle + 1;
            else high = middle;
        }
        if (low > 0 && _segments[low - 1] is var segment && address < segment.Range.End)
        {
            (path, linkAddress) = (segment.Path, unchecked(address - segment.Bias));
            return true;
        }
        (path, linkAddress) = ("", 0);
        return false;
    }

    private void Insert(Segment segment, ulong linkAddress)
    {
        if (_segments.Count >= MaxSegments || _all.Count >= MaxSegments * 16)
        {
            Dropped++;
            return;
        }
        var at = _segments.Count;
        while (at > 0 && _segments[at - 1].Range.Start > segment.Range.Start) at--;
        _segments.Insert(at, segment);
        var module = new MappedModule(segment.Range, linkAddress, segment.Path);
        if (_known.Add(module)) _all.Add(module);
    }
}
