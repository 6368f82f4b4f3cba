using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Pmap;

/// <summary>The last lines of a pmap output. They say what the rows must sum to, and that the output is whole.</summary>
internal sealed class PmapTotals(DiagnosticBag diagnostics)
{
    private long _size = -1, _rss = -1, _sizeOfRows, _rssOfRows;
    private bool _wasRead;

    /// <summary>Whether the next line holds the totals: a rule stood above it.</summary>
    public bool IsNext { get; private set; }

    /// <summary>A rule was read.</summary>
    public void BeginTotals() => IsNext = true;

    /// <summary>
    /// Reads <c>total kB   19544   11248    8740</c>, <c> total            12892K</c>, <c>mapped: 12892K    writeable/private: …</c> or the sums of -X, in any language:
    /// the numbers stand in the order of the columns.
    /// </summary>
    public void Read(ReadOnlySpan<byte> line, PmapLayout? layout)
    {
        (IsNext, _wasRead) = (false, true);
        if (layout is null) return;
        var cursor = new ByteCursor(line);
        foreach (var column in layout.Columns)
        {
            if (!column.IsNumber) continue;
            while (!cursor.IsAtEnd && !char.IsAsciiDigit((char)cursor.Rest[0])) cursor.TryTake(1, out _);
            if (!cursor.TryDecimal(out var number) || number > long.MaxValue / 1024) return;
            if (column.Metric == Metric.Size) _size = (long)number;
            if (column.Metric == Metric.Rss) _rss = (long)number;
        }
    }

    /// <summary>Adds the numbers of a row, by metric.</summary>
    public void Count(ReadOnlySpan<long> numbers)
    {
        _sizeOfRows += Math.Max(0, numbers[(int)Metric.Size]);
        _rssOfRows += Math.Max(0, numbers[(int)Metric.Rss]);
    }

    /// <summary>Compares with the rows.</summary>
    public void EndBlock(SnapshotSource source, int line, bool isExpected)
    {
        if (!_wasRead && isExpected) diagnostics.Add("PMAP008", Severity.Warning, line, "the total line is missing: the output was cut off, or made with -q");
        if ((_size < 0 || _size == _sizeOfRows) && (_rss < 0 || _rss == _rssOfRows)) return;
        var sums = $"the rows sum to {_sizeOfRows} kB, {_rssOfRows} kB resident; the total line says {_size}, {Math.Max(0, _rss)}";
        // -X and -XX read the process twice: first for the totals and the widths of the columns, then for the rows.
        if (source is SnapshotSource.PmapFields or SnapshotSource.PmapAllFields) diagnostics.Add("PMAP002", Severity.Info, line, sums + ": the process changed while pmap ran");
        else diagnostics.Add("PMAP002", Severity.Warning, line, sums + ": rows are missing, or -A asked for a part");
    }
}
