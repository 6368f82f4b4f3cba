using MemScope.Symbols.Children;
using MemScope.Symbols.Demangling;

namespace MemScope.Symbols.Tests.Demangling;

/// <summary>The real tools, and shell scripts in their place where they must misbehave.</summary>
public sealed class DemanglerTests
{
    private static readonly ChildLimits Impatient = new() { AnswerTime = TimeSpan.FromSeconds(2), BatchTime = TimeSpan.FromSeconds(60), AnswerBytes = 4096 };

    [NeedsToolTheory("c++filt")]
    [InlineData("_Z3foov", "foo()")]
    [InlineData("_ZN3abc3defEi", "abc::def(int)")]
    [InlineData("__Z3foov", "foo()")]
    [InlineData("_Z3foov.cold", "foo() [clone .cold]")]
    [InlineData("_Z3foov.cold.12", "foo() [clone .cold.12]")]
    [InlineData("_Z3foov.part.0.isra.3.cold", "foo() [clone .part.0] [clone .isra.3] [clone .cold]")]
    [InlineData("_Z3foov.llvm.1234567890ABCDEF", "foo() [clone .llvm.1234567890ABCDEF]")]
    [InlineData("_ZL3foov.123", "foo() [clone .123]")]
    [InlineData("_Z3foov@@VERS_1.2", "foo()@@VERS_1.2")]
    [InlineData("_Z3foov@plt", "foo()@plt")]
    [InlineData("_ZN4core3fmt9Formatter9write_str17h0123456789abcdefE", "core::fmt::Formatter::write_str")]
    [InlineData("_ZN4core3fmt9Formatter9write_str17h0123456789abcdefE.llvm.99", "core::fmt::Formatter::write_str [clone .llvm.99]")]
    [InlineData(
        "_ZN71_$LT$Test$u20$$u2b$$u20$$u27$static$u20$as$u20$foo..Bar$LT$Test$GT$$GT$3bar17h930b740aa94f1d3aE", "<Test + 'static as foo::Bar<Test>>::bar")]
    [InlineData("_RNvCs1234_7mycrate3foo", "mycrate::foo")]
    [InlineData("_RNvCs1234_7mycrate3foo.cold", "mycrate::foo [clone .cold]")]
    public async Task A_mangled_name_becomes_readable(string mangled, string readable)
    {
        await using var demangler = new Demangler();
        Assert.Equal(readable, await demangler.DemangleAsync(mangled));
        Assert.Null(demangler.Unavailable);
    }

    [NeedsToolTheory("c++filt")]
    [InlineData("")]
    [InlineData("main")]
    [InlineData("_start")]
    [InlineData("main.cold")]
    [InlineData("_Z")]
    [InlineData("_Zgarbage")]
    [InlineData("_Zgarbage.cold@V")]
    [InlineData("_Z3fo")]
    [InlineData("_Z3foov\n_Z3foov")]
    [InlineData("_Z3foov\0")]
    [InlineData("_Z3foov _Z3foov")]
    [InlineData("_Z3foov\u001b[31m")]
    [InlineData("_ZN3naïve3fooEv")]
    [InlineData("-_Z3foov")]
    [InlineData("@/etc/passwd")]
    [InlineData("_ZN99999core17h0123456789abcdefE")]
    [InlineData("_ZN4core17h0123456789abcdeE")]
    public async Task Anything_else_stays_as_it_is(string name)
    {
        await using var demangler = new Demangler();
        Assert.Equal([name, "foo()", name], await demangler.DemangleAsync([name, "_Z3foov", name]));
    }

    [NeedsToolFact("llvm-cxxfilt")]
    public async Task The_fallback_tool_gives_the_same_names()
    {
        await using var demangler = new Demangler([new LineProgram("llvm-cxxfilt", [], "_Z1fv", a => string.Equals(a, "f()", StringComparison.Ordinal))], Impatient, TimeProvider.System);
        Assert.Equal(
            ["foo() [clone .cold]", "mycrate::foo", "std::cout@@GLIBCXX_3.4"],
            await demangler.DemangleAsync(["_Z3foov.cold", "_RNvCs1234_7mycrate3foo", "_ZSt4cout@@GLIBCXX_3.4"]));
        Assert.Equal("llvm-cxxfilt", demangler.ToolName);
    }

    [NeedsToolFact("c++filt")]
    public async Task Every_function_of_the_corpus_gets_its_name()
    {
        await using var demangler = new Demangler();
        foreach (var name in (string[])["raw-mmap-leak/raw_mmap_leak", "raw-mmap-leak/raw_mmap_leak.debug", "malloc-leak-cpp/malloc_leak.debug"])
        {
            var symbols = Fixture.Elf("elf/" + name).Symbols;
            foreach (var frame in KnownFrame.Of(Path.GetDirectoryName(name)!))
            {
                var symbol = symbols.Lookup(frame.LookedUp);
                Assert.NotNull(symbol);
                Assert.Equal(frame.Physical.WithoutBlanksBetweenBrackets(), (await demangler.DemangleAsync(symbol.Name)).WithoutBlanksBetweenBrackets());
            }
        }
    }

    [NeedsToolFact("c++filt")]
    public async Task Twenty_thousand_names_of_one_call_come_in_order()
    {
        await using var demangler = new Demangler();
        var names = Enumerable.Range(0, 20_000).Select(i => $"_Z{$"f{i}".Length}f{i}v").ToArray();
        Assert.Equal(Enumerable.Range(0, 20_000).Select(i => $"f{i}()"), await demangler.DemangleAsync(names));
    }

    [NeedsToolFact("c++filt")]
    public async Task Names_that_grow_without_bound_stay_mangled_and_the_next_ones_are_answered()
    {
        await using var demangler = new Demangler();
        // Every parameter names the one before it twice: 2^40 names if they were spelled out.
        var bomb = "_Z1f1AIiiE" + string.Concat(Enumerable.Range(0, 40).Select(i => $"S_IS{Base36(i)}_S{Base36(i)}_E"));
        var deep = "_Z1f" + new string('P', 60_000) + "i";
        var names = await demangler.DemangleAsync([bomb, "_Z3barv", deep, "_Z3foov"]);
        Assert.Equal((bomb, "bar()"), (names[0], names[1]));
        Assert.Equal("foo()", names[3]);
        Assert.All(names, n => Assert.True(n.Length <= 256 << 10));
    }

    [NeedsToolFact("c++filt")]
    public async Task A_child_that_is_killed_is_replaced()
    {
        await using var demangler = new Demangler();
        Assert.Equal("a()", await demangler.DemangleAsync("_Z1av"));
        var pid = demangler.ChildPid;
        Assert.NotNull(pid);
        using (var child = System.Diagnostics.Process.GetProcessById(pid.Value))
        {
            child.Kill();
            await child.WaitForExitAsync();
        }
        Assert.Equal("b()", await demangler.DemangleAsync("_Z1bv"));
        Assert.NotEqual(pid, demangler.ChildPid);
    }

    [NeedsToolFact("c++filt")]
    public async Task The_child_has_no_privileges_no_environment_and_caps()
    {
        await using var demangler = new Demangler();
        await demangler.DemangleAsync("_Z1av");
        var process = $"/proc/{demangler.ChildPid}/";
        var status = (await File.ReadAllLinesAsync(process + "status")).Select(l => l.Split(':', 2)).ToDictionary(l => l[0], l => l[1].Trim(), StringComparer.Ordinal);
        Assert.Equal("1", status["NoNewPrivs"]);
        Assert.Contains("1073741824", (await File.ReadAllLinesAsync(process + "limits")).Single(l => l.StartsWith("Max address space", StringComparison.Ordinal)), StringComparison.Ordinal);
        if (!Environment.IsPrivilegedProcess) return;
        Assert.Equal(("0000000000000000", "0000000000000000"), (status["CapEff"], status["CapBnd"]));
        Assert.Equal("65534\t65534\t65534\t65534", status["Uid"]);
        Assert.Equal("65534\t65534\t65534\t65534", status["Gid"]);
        Assert.Empty(await File.ReadAllBytesAsync(process + "environ"));
    }

    [Fact]
    public async Task Without_a_tool_names_stay_mangled_and_the_reason_is_told()
    {
        await using var demangler = new Demangler([new LineProgram("no-such-cxxfilt", [], "_Z1fv", _ => true)], Impatient, TimeProvider.System);
        Assert.Equal(["_Z3foov", "core::f"], await demangler.DemangleAsync(["_Z3foov", "_ZN4core1f17h0123456789abcdefE"]));
        Assert.Contains("no-such-cxxfilt is not installed", demangler.Unavailable, StringComparison.Ordinal);
        Assert.Contains("install", demangler.Unavailable, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sleep 100", "hangs")]
    [InlineData("exit 3", "ends")]
    [InlineData("head -c 100000 /dev/zero | tr '\\0' x; echo", "talks without end")]
    public async Task A_name_that_the_tool_fails_at_stays_mangled_and_the_others_are_answered(string misbehaviour, string why)
    {
        var script = $"while read -r line; do case $line in *bad*) {misbehaviour};; _Z1fv) echo 'f()';; *) echo \"<$line>\";; esac; done";
        await using var demangler = new Demangler([Shell(script)], Impatient, TimeProvider.System);
        var names = await demangler.DemangleAsync(["_Z1av", "_Z3badv", "_Z1bv", "_Z4bad2v", "_Z1cv"]);
        Assert.True(names is ["<_Z1av>", "_Z3badv", "<_Z1bv>", "_Z4bad2v", "<_Z1cv>"], $"a tool that {why} gave {string.Join(' ', names)}");
        Assert.Null(demangler.Unavailable);
    }

    [Fact]
    public async Task A_tool_that_gives_wrong_answers_is_not_used()
    {
        await using var demangler = new Demangler([Shell("while read -r line; do echo nonsense; done")], Impatient, TimeProvider.System);
        Assert.Equal("_Z1av", await demangler.DemangleAsync("_Z1av"));
        Assert.Contains("does not work here", demangler.Unavailable, StringComparison.Ordinal);
    }

    [NeedsToolFact("c++filt")]
    public async Task A_caller_that_goes_away_does_not_disturb_the_next_one()
    {
        await using var demangler = new Demangler();
        await demangler.DemangleAsync("_Z1fv");
        var many = Enumerable.Range(0, 20_000).Select(i => $"_ZN{$"x{i}".Length}x{i}1fEv").ToArray();
        using var gone = new CancellationTokenSource();
        var cancelled = demangler.DemangleAsync(many, gone.Token);
        await gone.CancelAsync();
        var others = Enumerable.Range(0, 8).Select(i => demangler.DemangleAsync($"_ZN{$"y{i}".Length}y{i}1fEv")).ToArray();
        Assert.Equal(Enumerable.Range(0, 8).Select(i => $"y{i}::f()"), await Task.WhenAll(others));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
    }

    [Fact]
    public void The_cache_forgets_the_names_asked_for_longest_ago()
    {
        var cache = new NameCache(100);
        cache.Add("a", new string('a', 39));
        cache.Add("b", new string('b', 39));
        Assert.True(cache.TryGet("a", out _));
        cache.Add("c", new string('c', 39));
        Assert.False(cache.TryGet("b", out _));
        Assert.True(cache.TryGet("a", out _) && cache.TryGet("c", out _));
        Assert.Equal(80, cache.Characters);
    }

    private static LineProgram Shell(string script) => new("sh", ["-c", script], "_Z1fv", a => string.Equals(a, "f()", StringComparison.Ordinal));

    private static string Base36(int value) => value < 36 ? $"{"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[value]}" : Base36(value / 36) + Base36(value % 36);
}
