using System.Globalization;
using System.Text;

namespace MemScope.Web.Sharing.Redaction;

/// <summary>Names for the ranges of a document: <c>region A</c>, and <c>region A+0x1000</c> for a place in it. A region that moved or grew keeps its name; its places count from the lowest address that it ever had.</summary>
internal sealed class RegionBook
{
    private readonly List<(ulong Low, ulong High)> _regions = [];
    private readonly Dictionary<Guid, int> _byId = [];
    private readonly HashSet<ulong> _ends = [];

    /// <summary>Notes a range of a region; without an id, of the region that holds it.</summary>
    public void Add(Guid? id, ulong start, ulong end)
    {
        if (end < start) return;
        _ends.Add(start);
        _ends.Add(end);
        var known = id is { } key ? _byId.GetValueOrDefault(key, -1) : _regions.FindIndex(r => r.Low <= start && end <= r.High);
        if (known < 0)
        {
            if (id is { } first) _byId.Add(first, _regions.Count);
            _regions.Add((start, end));
        }
        else _regions[known] = (Math.Min(_regions[known].Low, start), Math.Max(_regions[known].High, end));
    }

    /// <summary>What stands for a range: its region where it begins with it, else the place inside it.</summary>
    public string Range(Guid? id, ulong start) => id is { } key && _byId.TryGetValue(key, out var region) ? Place(region, start) : Place(start) ?? Unknown;

    /// <summary>What stands for an address; null when no region of the document holds it. The end of a region belongs to it, unless another begins there.</summary>
    public string? Place(ulong address)
    {
        var inside = _regions.FindIndex(r => r.Low <= address && address < r.High);
        if (inside < 0) inside = _regions.FindIndex(r => r.High == address);
        return inside < 0 ? null : Place(inside, address);
    }

    /// <summary>Whether a range of the document begins or ends there.</summary>
    public bool IsEnd(ulong address) => _ends.Contains(address);

    /// <summary>What stands for an address of which nothing is known.</summary>
    public const string Unknown = "an address";

    private string Place(int region, ulong address) => address == _regions[region].Low ? $"region {Letters(region)}" : string.Create(CultureInfo.InvariantCulture, $"region {Letters(region)}+0x{address - _regions[region].Low:x}");

    /// <summary>A to Z, AA, AB …</summary>
    internal static string Letters(int number)
    {
        var letters = new StringBuilder();
        for (var rest = number; rest >= 0; rest = rest / 26 - 1) letters.Insert(0, (char)('A' + rest % 26));
        return letters.ToString();
    }
}
