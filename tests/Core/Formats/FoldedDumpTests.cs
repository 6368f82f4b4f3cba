using System.Text;
using MemScope.Core.Formats;
using MemScope.Core.Model;

namespace MemScope.Tests;

public sealed class FoldedDumpTests
{
    [Theory]
    [InlineData("deep")]
    [InlineData("enter-only")]
    public void Samples_of_perf_are_folded_as_by_stackcollapse_perf(string name)
    {
        var (folded, others) = Folded(Reading.Of(Fixtures.Unzipped("perf", name + ".txt.gz")).Parsed);

        Assert.Equal(Encoding.UTF8.GetString(name is "deep" ? Fixtures.Unzipped("folded", "perf-deep.folded.gz") : Fixtures.Bytes("folded", $"perf-{name}.folded")), folded);
        Assert.Empty(others);
    }

    [Fact]
    public void A_call_counts_once_although_perf_prints_its_beginning_and_its_end()
    {
        var parsed = Reading.Of(Fixtures.Unzipped("perf", "raw-mmap-leak.txt.gz")).Parsed;
        var lines = Folded(parsed).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(parsed.Traces[0].Events.Count, lines.Sum(l => int.Parse(l.AsSpan(l.LastIndexOf(' ')), System.Globalization.CultureInfo.InvariantCulture)));
        Assert.All(lines, l => Assert.StartsWith("raw_mmap_leak;__libc_start_call_main;main;", l, StringComparison.Ordinal));
    }

    [Fact]
    public void The_live_bytes_of_a_heap_profiler_are_folded_too()
    {
        var chain = new Callchain([new RawFrame { Function = "malloc" }, new RawFrame { Function = "f(int, char const*)" }, new RawFrame { Function = "(anonymous namespace)::g()" }, new RawFrame { Module = "/opt/a b/app (deleted)" }]);
        var profile = new HeapProfile("memcheck", ProcessHint.None, [chain],
            [new HeapDump([new HeapSite { Callchain = 0, Kind = "definitely lost", Live = 30 }, new HeapSite { Callchain = 0, Kind = "definitely lost", Live = 12 }, new HeapSite { Callchain = -1, Live = 5 }, new HeapSite { Callchain = 0, Kind = "x", Live = 0 }])]);
        var capture = ParsedCapture.Of("memcheck", "", profile, []);

        Assert.Equal("[unknown] 5\ndefinitely_lost;[app (deleted)];(anonymous namespace)::g;f;malloc 42\n".Replace("[app (deleted)]", "[app ", StringComparison.Ordinal), Folded(capture).Text);
    }

    [Theory]
    [InlineData("main", "main")]
    [InlineData("net/http.(*Client).Do", "net/http.(*Client).Do")]
    [InlineData("std::function<void (int)>::operator()", "std::function<void ")]
    [InlineData("(anonymous namespace)::f(int)", "(anonymous namespace)::f")]
    [InlineData("outer->inner", "outer;inner_[i]")]
    [InlineData("p::operator->", "p::operator")]
    [InlineData("a;b", "a:b")]
    [InlineData("RegExp:[&<>\"']", "RegExp:[&<>]")]
    public void Names_are_those_of_stackcollapse_perf(string function, string expected)
    {
        var trace = new Trace("perf", ClockDomain.Monotonic, ProcessHint.None, [new TraceEvent { Call = MemoryCall.Mmap, Tid = 1, Callchain = 0 }], [new Callchain([new RawFrame { Function = function }])], [])
        {
            ThreadNames = new Dictionary<int, string> { [1] = "V8 Worker" },
        };
        Assert.Equal($"V8_Worker;{expected} 1\n", Folded(new ParsedCapture("perf", "", [], [], [trace], [])).Text);
    }

    [Fact]
    public void What_counts_something_else_is_named_and_not_mixed_in()
    {
        var parsed = Reading.Of(Fixtures.Unzipped("perf", "page-faults.txt.gz")).Parsed;
        var (text, others) = Folded(parsed);

        Assert.Equal(["perf minor-faults"], others);
        Assert.Equal(parsed.HeapProfiles[0].Dumps[0].LiveCount, text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Sum(l => long.Parse(l.AsSpan(l.LastIndexOf(' ')), System.Globalization.CultureInfo.InvariantCulture)));
    }

    private static (string Text, IReadOnlyList<string> Others) Folded(ParsedCapture capture)
    {
        var text = new StringWriter();
        var others = FoldedDump.Write(capture, text);
        return (text.ToString(), others);
    }
}
