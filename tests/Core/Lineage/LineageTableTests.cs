using System.Globalization;
using System.Text;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>The table of docs/lineage.md: how lineage of the captured cases compares with what their programs recorded of themselves.</summary>
public sealed class LineageTableTests
{
    private const string Begin = "<!-- table -->\n", End = "<!-- end of table -->";

    [Fact]
    public void The_table_of_the_documentation_is_what_the_code_finds()
    {
        var path = Path.Combine(Fixtures.RepositoryRoot, "docs", "lineage.md");
        var text = File.ReadAllText(path);
        var table = Table();
        if (Environment.GetEnvironmentVariable("MEMSCOPE_ACCEPT") == "1") File.WriteAllText(path, text = Before(text) + table + text[text.IndexOf(End, StringComparison.Ordinal)..]);

        Assert.Equal(table, text[Before(text).Length..text.IndexOf(End, StringComparison.Ordinal)]);
    }

    private static string Before(string text) => text[..(text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length)];

    private static string Table()
    {
        var table = new StringBuilder("| Case | With | Right | Ended rightly | Broken | Wrongly joined | Moves exact | inferred | wrong |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
        Add(table, "raw-mmap-leak", "snapshots alone");
        Add(table, "raw-mmap-leak", "8 s of strace", "strace/raw-mmap-leak.txt.gz");
        Add(table, "raw-mmap-leak", "all five traces", CaseTraces.RawMmapLeak);
        Add(table, "steady-healthy", "snapshots alone");
        Add(table, "steady-healthy", "8 s of perf", "perf/steady-healthy.txt.gz");
        return table.ToString();
    }

    private static void Add(StringBuilder table, string name, string with, params string[] traces)
    {
        var track = traces.Length == 0 ? CaseTracks.Of(name) : CaseTraces.Track(name, traces);
        var joins = LedgerJoins.Of(track, name);
        var moves = track.Regions.SelectMany(r => r.Changes).Where(c => c.Kind == RegionChangeKind.Moved).ToList();
        table.Append(CultureInfo.InvariantCulture,
            $"| {name} | {with} | {joins.Right} | {joins.EndedRightly} | {joins.Broken} | {joins.WronglyJoined} | {moves.Count(m => m.Exact)} | {moves.Count(m => !m.Exact)} | {joins.WrongMoves} |\n");
    }
}
