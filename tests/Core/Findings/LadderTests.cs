using MemScope.Core.Analysis.Findings;
using MemScope.Core.Analysis.Findings.Asking;

namespace MemScope.Tests.Findings;

/// <summary>The algebra of certainty: what raises a card, what does not, what refutes it, which of two is shown.</summary>
public sealed class LadderTests
{
    private static readonly Card Tested = new("S90", "n", FindingKind.Leak, "t", "m") { FiredBy = ["ucx-leak"] };

    [Theory]
    [InlineData("s+", Certainty.Candidate)]
    [InlineData("s+ l+", Certainty.Likely)]
    [InlineData("s+ l+ l+ c+", Certainty.Confirmed)]
    [InlineData("s+ l? c+", Certainty.Candidate)]
    [InlineData("s+ l- c+", Certainty.Candidate)]
    [InlineData("s+ l+ c?", Certainty.Likely)]
    [InlineData("s+ l+ c+ c-", Certainty.Likely)]
    [InlineData("s+ c+", Certainty.Confirmed)]
    [InlineData("s+ l+ c+ r?", Certainty.Confirmed)]
    [InlineData("s+ l+ c+ r-", Certainty.Confirmed)]
    [InlineData("s+ l+ c+ r+", Certainty.Refuted)]
    [InlineData("s+ l+ p- p?", Certainty.Likely)]
    public void Each_rung_needs_all_its_checks_and_what_is_not_known_raises_nothing(string evidence, Certainty expected) => Assert.Equal(expected, Ladder.Of(Tested, Evidence(evidence)));

    [Theory]
    [InlineData("s+ l+ c+", Certainty.Candidate)]
    [InlineData("s+ l+ r+", Certainty.Refuted)]
    public void A_card_that_no_capture_fires_stays_a_candidate(string evidence, Certainty expected) => Assert.Equal(expected, Ladder.Of(Tested with { FiredBy = [] }, Evidence(evidence)));

    [Fact]
    public void A_general_rule_yields_to_a_signature_of_its_kind_and_side_and_to_no_other()
    {
        var rule = Found("G90", Certainty.Confirmed) with { Card = Tested with { Id = "G90", YieldsTo = ["*"], InsideMallocHeap = false } };

        Assert.True(Precedence.Yields(rule, Found("S90", Certainty.Likely)));
        Assert.False(Precedence.Yields(rule, Found("S90", Certainty.Candidate)));
        Assert.False(Precedence.Yields(rule, Found("S90", Certainty.Refuted)));
        Assert.False(Precedence.Yields(rule, Found("G91", Certainty.Confirmed)));
        Assert.False(Precedence.Yields(rule, Found("S90", Certainty.Confirmed) with { Card = Tested with { InsideMallocHeap = true } }));
        Assert.False(Precedence.Yields(rule, Found("S90", Certainty.Confirmed) with { Card = Tested with { Kind = FindingKind.Retention } }));
        Assert.True(Precedence.Yields(rule with { Card = rule.Card with { YieldsTo = ["G91"] } }, Found("G91", Certainty.Likely)));
        Assert.False(Precedence.Yields(Found("S90", Certainty.Candidate), rule));
    }

    [Theory]
    [InlineData("1.19.0", "< 1.21", true)]
    [InlineData("1.21", "< 1.21", false)]
    [InlineData("1.21.0", "= 1.21", true)]
    [InlineData("1.9", "< 1.19", true)]
    [InlineData("1.20.1-rc2", ">= 1.17, < 1.21", true)]
    [InlineData("3", ">= 3.1", false)]
    [InlineData("3.1", "about 3", null)]
    public void Versions_are_compared_number_by_number(string version, string conditions, bool? holds) => Assert.Equal(holds, ProductVersion.Parse(version)!.Satisfies(conditions));

    [Theory]
    [InlineData("ucs_rcache_*chunk_alloc*", "ucs_rcache_mp_chunk_alloc", true)]
    [InlineData("ucs_rcache_*chunk_alloc*", "ucs_rcache_get", false)]
    [InlineData("libucm.so*", "libucm.so.0.0.0", true)]
    [InlineData("libucm.so*", "xlibucm.so", false)]
    [InlineData("*a*b*c", "aabbcc", true)]
    [InlineData("*a*b*c", "aabbc-", false)]
    [InlineData("malloc", "malloc_trim", false)]
    public void A_star_stands_for_anything_wherever_it_is(string pattern, string name, bool matches) => Assert.Equal(matches, Pattern.Matches(pattern, name));

    [Theory]
    [InlineData("svc::Table<std::map<int, long>, char>::open(std::string const&)", "svc::Table<…>::open")]
    [InlineData("(anonymous namespace)::grow(int)", "(anonymous namespace)::grow")]
    [InlineData("operator new(unsigned long)", "operator new")]
    [InlineData("Handler::operator()(int)", "Handler::operator()")]
    [InlineData("decode_step", "decode_step")]
    public void A_function_is_named_without_its_arguments(string function, string name) => Assert.Equal(name, SitePlace.Name(new SiteFrame(function, null)));

    [Fact]
    public void The_place_is_the_first_frame_that_neither_calls_the_kernel_nor_allocates()
    {
        Assert.Equal("pool_grow", Place("syscall", "pool_grow", "main"));
        Assert.Equal("blob_append", SitePlace.Of([new("syscall", "libc.so.6"), new("raw_map", "/bin/a") { Inlined = true }, new("blob_append", "/bin/a")])?.Function);
        Assert.Equal("load", Place("__mmap", "sysmalloc", "_int_malloc", "malloc", "operator new(unsigned long)", "std::__new_allocator<int>::allocate(unsigned long)", "std::vector<int>::resize(unsigned long)", "load", "main"));
        Assert.Null(Place("syscall"));

        static string? Place(params string[] functions) => SitePlace.Of([.. functions.Select(f => new SiteFrame(f, null))])?.Function;
    }

    private static Evidence[] Evidence(string text) =>
    [
        .. text.Split(' ').Select(t => new Evidence(t[0] switch { 's' => CheckRole.Suspect, 'l' => CheckRole.Likely, 'c' => CheckRole.Confirm, 'r' => CheckRole.Refute, _ => CheckRole.Support }, "c",
            new CheckResult(t[1] switch { '+' => CheckState.Holds, '-' => CheckState.Fails, _ => CheckState.Unknown }, "f"))),
    ];

    private static Finding Found(string id, Certainty certainty) => new(Tested with { Id = id, InsideMallocHeap = false }, certainty, "s", []);
}
