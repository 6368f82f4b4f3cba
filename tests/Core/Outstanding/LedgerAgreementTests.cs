using System.Globalization;
using System.Text;
using MemScope.Core.Model;

namespace MemScope.Tests.Outstanding;

/// <summary>Every trace of two programs that wrote down each of their mappings: what is outstanding is what they say, by address and length, and the table of docs/traces.md tells it.</summary>
public sealed class LedgerAgreementTests
{
    private const string Begin = "<!-- table -->\n", End = "<!-- end of table -->";

    /// <summary>Fixture, case, name in the table, and whether its stacks reach the function that called the system call's wrapper.</summary>
    private static readonly (string Fixture, string Case, string Name, bool SeesSites)[] WithResults =
    [
        ("bpftrace/raw-mmap-leak.txt.gz", "raw-mmap-leak", "bpftrace", false),
        ("perf/raw-mmap-leak.txt.gz", "raw-mmap-leak", "perf, frame pointers", false),
        ("perf/raw-mmap-leak-dwarf.txt.gz", "raw-mmap-leak", "perf, dwarf", true),
        ("perf/trace-raw-mmap-leak.txt.gz", "raw-mmap-leak", "perf trace", false),
        ("strace/raw-mmap-leak.txt.gz", "raw-mmap-leak", "strace", true),
        ("bpftrace/steady-healthy.txt.gz", "steady-healthy", "bpftrace", false),
        ("bpftrace/steady-healthy.json.gz", "steady-healthy", "bpftrace, JSON", false),
        ("perf/steady-healthy.txt.gz", "steady-healthy", "perf, frame pointers", false),
        ("strace/steady-healthy.txt.gz", "steady-healthy", "strace", true),
    ];

    private static readonly (string Fixture, string Case, string Name)[] WithoutResults =
    [
        ("bpftrace/raw-mmap-leak.json.gz", "raw-mmap-leak", "bpftrace, JSON"),
        ("gdb/raw-mmap-leak.txt.gz", "raw-mmap-leak", "gdb"),
    ];

    public static TheoryData<string, string, bool> Exact
    {
        get
        {
            var data = new TheoryData<string, string, bool>();
            foreach (var (fixture, name, _, seesSites) in WithResults) data.Add(fixture, name, seesSites);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Exact))]
    public void What_is_outstanding_is_what_the_program_wrote_down(string fixture, string name, bool seesSites)
    {
        var found = LedgerAgreement.Of(fixture, name);

        Assert.False(found.Replayed.IsLowerBound, found.Replayed.LowerBoundReason);
        Assert.True(found.Mapped.Count > 0);
        // One mapping at each edge: the program writes its line after the call, so that the first or the last of them may fall on either side.
        Assert.True(found is { AtBeginning: <= 1, Inside: 0, AtEnd: <= 1 }, $"missing {string.Join(", ", found.Missing)}, surplus {string.Join(", ", found.Surplus)}");
        Assert.Equal(found.Replayed.Blocks.Count, found.Agreed.Count + found.Surplus.Count + found.Others.Count);
        if (seesSites) Assert.Equal(found.Agreed.Count, found.SitesSeen);
    }

    [Fact]
    public void Moves_without_a_result_make_a_lower_bound_that_holds()
    {
        var found = LedgerAgreement.Of("bpftrace/raw-mmap-leak.json.gz", "raw-mmap-leak");

        Assert.True(found.Replayed.IsLowerBound);
        Assert.Contains("mremap", found.Replayed.LowerBoundReason, StringComparison.Ordinal);
        Assert.DoesNotContain("mmap calls", found.Replayed.LowerBoundReason, StringComparison.Ordinal);
        Assert.True(found.Surplus.Count <= 1, string.Join(", ", found.Surplus));
        Assert.All(found.Missing.SkipLast(1), m => Assert.Equal("index_grow", m.Site));
        Assert.Equal(found.Trace.Events.Count(e => e.Call == MemoryCall.Mremap) * (64L << 10), found.Replayed.Total.UnplacedBytes);
    }

    [Fact]
    public void Calls_that_were_recorded_at_their_beginning_alone_are_counted_and_nothing_is_outstanding()
    {
        var found = LedgerAgreement.Of("gdb/raw-mmap-leak.txt.gz", "raw-mmap-leak");

        Assert.True(found.Replayed.IsLowerBound);
        Assert.Empty(found.Replayed.Blocks);
        Assert.Equal(found.Trace.Events.Count(e => e.Call is MemoryCall.Mmap or MemoryCall.Mremap), found.Replayed.Total.MappingCalls);
        Assert.Equal(found.Replayed.MappedBytes, found.Replayed.Total.UnplacedBytes);
    }

    [Fact]
    public void The_table_of_the_documentation_is_what_the_replay_finds()
    {
        var path = Path.Combine(Fixtures.RepositoryRoot, "docs", "traces.md");
        var text = File.ReadAllText(path);
        var table = Table();
        if (Environment.GetEnvironmentVariable("MEMSCOPE_ACCEPT") == "1") File.WriteAllText(path, text = Before(text) + table + text[text.IndexOf(End, StringComparison.Ordinal)..]);

        Assert.Equal(table, text[Before(text).Length..text.IndexOf(End, StringComparison.Ordinal)]);
    }

    private static string Before(string text) => text[..(text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length)];

    private static string Table()
    {
        var table = new StringBuilder("| Program | Trace | Seconds | Mapped, by the ledger | Bytes | The same by the trace | Missing | Surplus | Others | Right call site |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
        foreach (var (fixture, name, tool, seesSites) in WithResults) Add(table, LedgerAgreement.Of(fixture, name), name, tool, seesSites);
        foreach (var (fixture, name, tool) in WithoutResults) Add(table, LedgerAgreement.Of(fixture, name), name, tool + ", **lower bound**", seesSites: false);
        return table.ToString();
    }

    private static void Add(StringBuilder table, LedgerAgreement found, string name, string tool, bool seesSites) => table.Append(CultureInfo.InvariantCulture,
        $"| {name} | {tool} | {(found.Replayed.Observed is { } span ? span.Ns / 1e9 : 0):F1} | {found.Mapped.Count} | {found.Mapped.Sum(m => (long)m.Range.Length)} | {found.Agreed.Count} | {found.Missing.Count} | {found.Surplus.Count} | {found.Others.Count} | {(seesSites ? found.SitesSeen.ToString(CultureInfo.InvariantCulture) : "")} |\n");
}
