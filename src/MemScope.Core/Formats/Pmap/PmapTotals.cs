using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Pmap;

/// <summary>The last lines of a pmap output. They say what the rows must sum to, and that the output is whole.</summary>
internal sealed class PmapTotals(DiagnosticBag diagnostics)
{
    private readonly long[] _stated = NoNumbers(), _rows = new long[Metrics.Count];
    private bool _wasRead, _isSplit;

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
            _stated[(int)column.Metric] = (long)number;
        }
    }

    /// <summary>Adds the numbers of a row, by metric.</summary>
    public void Count(ReadOnlySpan<long> numbers)
    {
        for (var m = 0; m < _rows.Length; m++) _rows[m] += Math.Max(0, numbers[m]);
    }

    /// <summary>A mapping was printed in pieces, which pmap adds up in ways of its own: the total of sizes says nothing.</summary>
    public void IgnoreSizes() => _isSplit = true;

    /// <summary>Compares with the rows.</summary>
    public void EndBlock(PmapLayout layout, int line, bool isExpected)
    {
        if (!_wasRead && isExpected) diagnostics.Add("PMAP008", Severity.Warning, line, "the total line is missing: the output was cut off, or made with -q");
        var wrong = new List<string>();
        foreach (var column in layout.Columns)
        {
            var m = (int)column.Metric;
            if (column.IsNumber && IsSum(column.Metric) && _stated[m] >= 0 && _stated[m] != _rows[m]) wrong.Add($"{column.Metric.SmapsName()} {_rows[m]} kB, not {_stated[m]}");
        }
        if (wrong.Count == 0) return;
        var sums = $"the rows do not make the total line: {string.Join(", ", wrong)}";
        // -X and -XX read the process twice: first for the totals and the widths of the columns, then for the rows.
        if (layout.Source is SnapshotSource.PmapFields or SnapshotSource.PmapAllFields) diagnostics.Add("PMAP002", Severity.Info, line, sums + ": the process changed while pmap ran");
        // pmap -x -A adds the resident pages of rows that it does not print, but not their sizes.
        else if (_stated[(int)Metric.Size] == _rows[(int)Metric.Size]) diagnostics.Add("PMAP002", Severity.Warning, line, sums + ": -A asked for a part of the process");
        else diagnostics.Add("PMAP002", Severity.Warning, line, sums + ": rows are missing, or a line was changed");
    }

    /// <summary>Whether its total means something: page sizes and flags are added up too.</summary>
    private bool IsSum(Metric metric) => metric is not (Metric.KernelPageSize or Metric.MmuPageSize or Metric.ThpEligible or Metric.ProtectionKey) && (metric is not Metric.Size || !_isSplit);

    private static long[] NoNumbers()
    {
        var numbers = new long[Metrics.Count];
        Array.Fill(numbers, VmaTable.Absent);
        return numbers;
    }
}
