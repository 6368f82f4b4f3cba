using System.Globalization;
using System.Text;
using MemScope.Core.Model;

namespace MemScope.Tests.Outstanding;

/// <summary>What a program of the corpus wrote down itself of its own mappings: every one that it made, moved and dropped, with Unix time and place in the source.</summary>
internal sealed class ProgramLedger(string name)
{
    private const ulong Page = 4096;

    /// <summary>A line: <c>+</c> mapped, <c>-</c> unmapped, <c>~</c> moved or grown. It is written after the call.</summary>
    internal sealed record Entry(double Time, string Operation, string Site, ulong Address, ulong Length, ulong OldAddress, ulong OldLength);

    /// <summary>A mapping, or the part that a move added, and which of the program's places made it.</summary>
    internal sealed record Mapping(AddressRange Range, string Site, double Since);

    /// <summary>All lines in the order of time.</summary>
    public IReadOnlyList<Entry> Entries { get; } = Read(name);

    /// <summary>
    /// What the program had mapped at the end of a time and not before its beginning: page by page, without intervals. A page that moves keeps what it was; pages that a move adds are the move's.
    /// </summary>
    public IReadOnlyList<Mapping> Outstanding(double from, double to)
    {
        var owners = new SortedDictionary<ulong, Entry>();
        foreach (var entry in Entries.Where(e => e.Time >= from && e.Time <= to))
        {
            if (entry.Operation == "+")
            {
                foreach (var page in PagesOf(entry.Address, entry.Length)) owners[page] = entry;
            }
            else if (entry.Operation == "-")
            {
                foreach (var page in PagesOf(entry.Address, entry.Length)) owners.Remove(page);
            }
            else
            {
                var moved = PagesOf(entry.OldAddress, entry.OldLength).Select(page => owners.Remove(page, out var owner) ? owner : null).ToArray();
                foreach (var page in PagesOf(entry.Address, entry.Length))
                {
                    var offset = (int)((page - entry.Address) / Page);
                    if ((offset < moved.Length ? moved[offset] : entry) is { } owner) owners[page] = owner;
                }
            }
        }
        var mappings = new List<Mapping>();
        foreach (var (page, owner) in owners)
        {
            if (mappings.Count > 0 && mappings[^1] is var last && last.Range.End == page && last.Since.Equals(owner.Time)) mappings[^1] = last with { Range = new AddressRange(last.Range.Start, page + Page) };
            else mappings.Add(new Mapping(new AddressRange(page, page + Page), owner.Site, owner.Time));
        }
        return mappings;
    }

    /// <summary>Whether the program wrote down that it made a mapping, or added to one, of this length at about this time.</summary>
    public bool Knows(ulong length, double about, double within) =>
        Entries.Any(e => Math.Abs(e.Time - about) <= within && (e.Operation == "+" ? e.Length == length : e.Operation == "~" && e.Length - e.OldLength == length));

    /// <summary>When the program wrote down within a time that it dropped or moved the mapping at an address, or null.</summary>
    public double? DroppedAt(ulong address, double from, double to) =>
        Entries.FirstOrDefault(e => e.Time > from && e.Time <= to && (e.Operation == "-" ? e.Address == address : e.Operation == "~" && e.OldAddress == address))?.Time;

    private static IEnumerable<ulong> PagesOf(ulong address, ulong length)
    {
        for (var page = address; page < address + length; page += Page) yield return page;
    }

    private static List<Entry> Read(string name) =>
        [.. from line in Encoding.ASCII.GetString(Fixtures.Unzipped("cases", name, "ledger.tsv.gz")).Split('\n')
            where line.Length > 0 && line[0] != '#'
            let cells = line.Split('\t')
            select new Entry(double.Parse(cells[0], CultureInfo.InvariantCulture), cells[1], cells[2], Number(cells[3]), Number(cells[4]), cells.Length > 5 ? Number(cells[5]) : 0, cells.Length > 6 ? Number(cells[6]) : 0)];

    private static ulong Number(string text) =>
        text.StartsWith("0x", StringComparison.Ordinal) ? ulong.Parse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) : ulong.Parse(text, CultureInfo.InvariantCulture);
}
