using MemScope.Web.Wire;

namespace MemScope.Web.Components.Pages.Diff;

/// <summary>What a line of the table stands for.</summary>
public enum DiffLineKind
{
    /// <summary>A category with its sums.</summary>
    Category,
    /// <summary>A backing with its sums.</summary>
    Backing,
    /// <summary>A row.</summary>
    Row,
    /// <summary>Unchanged rows in sum.</summary>
    Unchanged,
    /// <summary>Rows that are not listed, in sum.</summary>
    More,
}

/// <summary>A line of the table. Lines of kind row, unchanged and more add up to the total; categories and backings head them.</summary>
/// <param name="Kind">What it stands for.</param>
/// <param name="Category">Slug of its category.</param>
/// <param name="Base">Sizes in A.</param>
/// <param name="Current">Sizes in B.</param>
/// <param name="Rows">How many rows.</param>
/// <param name="Changed">How many of them changed.</param>
public sealed record DiffLine(DiffLineKind Kind, string Category, DiffSizesWire Base, DiffSizesWire Current, int Rows, int Changed)
{
    /// <summary>The row, of a row.</summary>
    public DiffRowWire? Row { get; init; }

    /// <summary>The backing, of a backing.</summary>
    public string Name { get; init; } = "";

    /// <summary>Whether it names its category, because no line of the category stands above it.</summary>
    public bool NamesCategory { get; init; }

    /// <summary>Whether it stands below its backing.</summary>
    public bool IsInner { get; init; }
}

/// <summary>Puts the rows of a diff into lines: by category, and where asked for by backing; changed ones first, unchanged ones in sum.</summary>
public sealed class DiffLines
{
    private const int MostRows = 200;

    private readonly string _metric;

    private DiffLines(string metric) => _metric = metric;

    /// <summary>No line.</summary>
    public static DiffLines Empty { get; } = new("rss");

    /// <summary>The lines.</summary>
    public IReadOnlyList<DiffLine> All { get; private init; } = [];

    /// <summary>What they add up to in A.</summary>
    public DiffSizesWire Base { get; private init; } = DiffNumbers.Zero;

    /// <summary>What they add up to in B.</summary>
    public DiffSizesWire Current { get; private init; } = DiffNumbers.Zero;

    /// <summary>How many rows they stand for.</summary>
    public int Rows { get; private init; }

    /// <summary>The lines of a diff.</summary>
    /// <param name="diff">Flat, whole or limited.</param>
    /// <param name="metric">By which number lines are ordered.</param>
    /// <param name="byBacking">Whether categories are split.</param>
    /// <param name="keep">Which rows are shown.</param>
    public static DiffLines Of(DiffWire diff, string metric, bool byBacking, Func<DiffRowWire, bool> keep)
    {
        ArgumentNullException.ThrowIfNull(diff);
        ArgumentNullException.ThrowIfNull(keep);
        var maker = new DiffLines(metric);
        var rows = diff.Rows.Where(keep).ToLookup(r => r.Category, StringComparer.Ordinal);
        var rests = diff.Rest.ToDictionary(r => r.Category, StringComparer.Ordinal);
        var categories = rows.Select(r => r.Key).Union(rests.Keys, StringComparer.Ordinal)
            .Select(c => maker.Category(c, [.. rows[c]], rests.GetValueOrDefault(c), byBacking))
            .OrderByDescending(c => c.Head.Changed > 0).ThenByDescending(c => maker.Weight(c.Biggest)).ThenBy(c => CategoryLook.Order(c.Head.Category)).ToList();
        return new(metric)
        {
            All = [.. categories.SelectMany(c => c.Head.Changed > 0 ? c.Lines.Prepend(c.Head) : c.Lines)],
            Base = Sum(categories.Select(c => c.Head.Base)), Current = Sum(categories.Select(c => c.Head.Current)), Rows = categories.Sum(c => c.Head.Rows),
        };
    }

    private (DiffLine Head, DiffLine Biggest, List<DiffLine> Lines) Category(string category, List<DiffRowWire> rows, DiffRestWire? rest, bool byBacking)
    {
        var lines = new List<DiffLine>();
        var unchanged = rows.Where(r => r.State == "unchanged").ToList();
        var changed = rows.Where(r => r.State != "unchanged").Select(Line).ToList();
        if (byBacking)
        {
            var backings = rows.GroupBy(r => r.Name, StringComparer.Ordinal).Where(b => b.Any(r => r.State != "unchanged")).Select(b => (Head: Head(category, [.. b]) with { Kind = DiffLineKind.Backing, Name = b.Key }, Rows: b.ToList()))
                .OrderByDescending(b => Weight(b.Head)).ThenBy(b => b.Head.Name, StringComparer.Ordinal).ToList();
            var inside = new HashSet<DiffRowWire>(backings.SelectMany(b => b.Rows), ReferenceEqualityComparer.Instance);
            unchanged.RemoveAll(inside.Contains);
            foreach (var backing in backings) lines.AddRange(Inside(backing.Head, backing.Rows));
        }
        else
        {
            lines.AddRange(Few(changed.OrderByDescending(Weight)));
        }
        var same = rest is not null && rest.Rows == rest.Unchanged ? rest : null;
        var more = same is null ? rest : null;
        if (more is not null) lines.Add(new(DiffLineKind.More, category, more.Base, more.Current, more.Rows, more.Rows - more.Unchanged));
        var head = Head(category, rows);
        if (rest is not null) head = head with { Base = DiffNumbers.Add(head.Base, rest.Base), Current = DiffNumbers.Add(head.Current, rest.Current), Rows = head.Rows + rest.Rows, Changed = head.Changed + rest.Rows - rest.Unchanged };
        if (unchanged.Count > 0 || same is not null)
        {
            var sum = Head(category, unchanged) with { Kind = DiffLineKind.Unchanged, NamesCategory = head.Changed == 0 };
            lines.Add(same is null ? sum : sum with { Base = DiffNumbers.Add(sum.Base, same.Base), Current = DiffNumbers.Add(sum.Current, same.Current), Rows = sum.Rows + same.Rows });
        }
        return (head, changed.Count == 0 ? head : changed.MaxBy(Weight)!, lines);
    }

    /// <summary>A backing of one row is that row; of several, its sums stand above them.</summary>
    private IEnumerable<DiffLine> Inside(DiffLine head, List<DiffRowWire> rows)
    {
        if (rows.Count == 1) return [Line(rows[0])];
        var unchanged = rows.Where(r => r.State == "unchanged").ToList();
        var lines = Few(rows.Where(r => r.State != "unchanged").Select(Line).OrderByDescending(Weight)).Select(l => l with { IsInner = true }).Prepend(head);
        return unchanged.Count == 0 ? lines : lines.Append(Head(head.Category, unchanged) with { Kind = DiffLineKind.Unchanged, IsInner = true });
    }

    private static IEnumerable<DiffLine> Few(IEnumerable<DiffLine> lines)
    {
        var all = lines.ToList();
        if (all.Count <= MostRows) return all;
        var rest = all.Skip(MostRows).ToList();
        return all.Take(MostRows).Append(new(DiffLineKind.More, all[0].Category, Sum(rest.Select(l => l.Base)), Sum(rest.Select(l => l.Current)), rest.Count, rest.Count));
    }

    private static DiffLine Line(DiffRowWire row) => new(DiffLineKind.Row, row.Category, row.Base, row.Current, 1, row.State == "unchanged" ? 0 : 1) { Row = row };

    private static DiffLine Head(string category, List<DiffRowWire> rows) =>
        new(DiffLineKind.Category, category, Sum(rows.Select(r => r.Base)), Sum(rows.Select(r => r.Current)), rows.Count, rows.Count(r => r.State != "unchanged"));

    private static DiffSizesWire Sum(IEnumerable<DiffSizesWire> sizes) => sizes.DefaultIfEmpty(DiffNumbers.Zero).Aggregate(DiffNumbers.Add);

    private decimal Weight(DiffLine line) => Math.Abs((decimal)(DiffNumbers.Of(line.Current, _metric) ?? 0) - (DiffNumbers.Of(line.Base, _metric) ?? 0));
}
