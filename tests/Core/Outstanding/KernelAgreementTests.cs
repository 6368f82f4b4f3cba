using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Model;
using MemScope.Tests.Traces;

namespace MemScope.Tests.Outstanding;

/// <summary>
/// A program with eight threads, a fork and a spawn was traced from its beginning and wrote its own maps at its end (tests/fixtures/strace/threads): what the replay calls
/// outstanding must be what the kernel says is mapped, byte for byte, but for what execve itself had mapped.
/// </summary>
public sealed class KernelAgreementTests
{
    private static readonly string[] MappedByExec = ["/tmp/threads", "ld-linux-x86-64.so.2", "[stack]", "[vvar]", "[vvar_vclock]", "[vdso]", "[vsyscall]"];

    [Theory]
    [InlineData("file")]
    [InlineData("terminal")]
    public void What_is_outstanding_is_what_the_kernel_has_mapped(string run)
    {
        var trace = TraceOf(run);
        var memory = TraceReplay.Run(trace);

        Assert.True(trace.Events.Count(e => e.ResumedLine > 0) > 100, "The run must hold split calls.");
        Assert.Equal(3, trace.Events.Select(e => e.Pid).Distinct().Count());
        Assert.Equal(Mapped(run), Joined(memory.Blocks.Where(b => b.Pid == memory.MainPid).Select(b => b.Range)));
        Assert.Equal((0L, trace.Events.Count(e => e.Failed)), (memory.BeforeTraceUnmappedBytes, memory.FailedCalls));
        Assert.DoesNotContain(memory.Notes, n => n.Contains("took for mapped", StringComparison.Ordinal));
    }

    [Fact]
    public void In_the_order_of_the_beginnings_it_would_not_be()
    {
        var trace = TraceOf("file");
        var asIfWhole = trace with { Events = [.. trace.Events.Select(e => e with { ResumedLine = 0 })] };

        var memory = TraceReplay.Run(asIfWhole);

        Assert.NotEqual(Mapped("file"), Joined(memory.Blocks.Where(b => b.Pid == memory.MainPid).Select(b => b.Range)));
    }

    private static Trace TraceOf(string run) => Assert.Single(Reading.Of(TraceFixtures.Bytes($"strace/threads/{run}.txt.gz")).Parsed.Traces);

    private static List<AddressRange> Mapped(string run)
    {
        var vmas = Assert.Single(Reading.Of(Fixtures.Bytes("strace", "threads", run + ".maps")).Parsed.Snapshots).Vmas;
        return Joined(Enumerable.Range(0, vmas.Count).Select(i => vmas[i]).Where(v => !MappedByExec.Any(n => v.Name.EndsWith(n, StringComparison.Ordinal))).Select(v => v.Range));
    }

    private static List<AddressRange> Joined(IEnumerable<AddressRange> ranges)
    {
        var joined = new List<AddressRange>();
        foreach (var range in ranges)
        {
            if (joined.Count > 0 && joined[^1].End == range.Start) joined[^1] = joined[^1] with { End = range.End };
            else joined.Add(range);
        }
        return joined;
    }
}
