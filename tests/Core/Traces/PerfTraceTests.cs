using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MemScope.Core.Formats;
using MemScope.Core.Formats.Perf;
using MemScope.Core.Model;

namespace MemScope.Tests.Traces;

/// <summary>Figures are counted in the text, never typed.</summary>
public sealed partial class PerfTraceTests
{
    private const string Leak = "perf/trace-raw-mmap-leak.txt.gz";

    [Fact]
    public void Every_line_is_an_event_with_the_numbers_that_it_prints()
    {
        var capture = TraceFixtures.Read(PerfFormats.Trace, Leak);
        var trace = Assert.Single(capture.Traces);
        var lines = TraceFixtures.Lines(Leak).Select(l => Line().Match(l)).Where(m => m.Success).ToArray();

        Assert.Equal(lines.Length, trace.Events.Count);
        for (var i = 0; i < lines.Length; i++)
        {
            var (m, e) = (lines[i], trace.Events[i]);
            Assert.Equal(m.Groups["call"].Value, e.Call.ToString().ToLowerInvariant());
            Assert.Equal((long)(decimal.Parse(m.Groups["time"].Value, CultureInfo.InvariantCulture) * 1_000_000), e.TimeNs);
            Assert.Equal(Number(m, "addr: "), e.Address);
            Assert.Equal(e.Call == MemoryCall.Mremap ? Number(m, "new_len: ") : Number(m, "len: "), e.Length);
            Assert.Equal(Number(m, "old_len: "), e.OldLength);
            Assert.Equal(m.Groups["result"].Value is "-1", e.Failed);
            if (!e.Failed) Assert.Equal(Parse(m.Groups["result"].Value), e.Result);
        }
        Assert.Equal(ClockDomain.Relative, trace.Clock);
        Assert.Equal((3UL, 0x22UL), (trace.Events[0].Protection, trace.Events[0].Flags));
        Assert.Contains(trace.Events, e => e is { Call: MemoryCall.Mmap, Protection: 0, Flags: 0x100022 });
        Assert.Empty(capture.Diagnostics);
        Assert.DoesNotContain(trace.Losses, l => l.Kind == "missed-unmaps");
    }

    [Fact]
    public void Stacks_stand_behind_their_calls_without_addresses()
    {
        var capture = TraceFixtures.Read(PerfFormats.Trace, "perf/trace-threads.txt.gz");
        var trace = Assert.Single(capture.Traces);
        var lines = TraceFixtures.Lines("perf/trace-threads.txt.gz");

        Assert.NotEmpty(trace.Callchains);
        foreach (var e in trace.Events.Where(e => e.Callchain >= 0))
        {
            var printed = lines.Skip(e.ResumedLine > 0 ? e.ResumedLine : e.Line).TakeWhile(l => l.StartsWith("                    ", StringComparison.Ordinal)).Select(l => l.Trim()).ToArray();
            Assert.Equal(printed.Select(p => p[..p.LastIndexOf(" (", StringComparison.Ordinal)]), trace.Callchains[e.Callchain].Frames.Select(f => f.Function));
        }
        Assert.All(trace.Callchains.SelectMany(c => c.Frames), f => Assert.Equal(FrameAddressKind.None, f.AddressKind));
        Assert.Contains(capture.Diagnostics, d => d.Id == "PERFTRACE003" && d.Text.Contains("minfault", StringComparison.Ordinal) && d.Text.Contains("openat", StringComparison.Ordinal));
    }

    [Fact]
    public void Threads_and_the_forked_child_are_told_apart_by_their_clones()
    {
        var trace = Assert.Single(TraceFixtures.Read(PerfFormats.Trace, "perf/trace-threads.txt.gz").Traces);
        var clones = TraceFixtures.Lines("perf/trace-threads.txt.gz").Select(l => Clone().Match(l)).Where(m => m.Success).ToLookup(m => m.Groups["call"].Value, m => int.Parse(m.Groups["result"].Value, CultureInfo.InvariantCulture));

        var child = Assert.Single(clones["clone"]);
        Assert.Equal(3, clones["clone3"].Count());
        Assert.All(trace.Events, e => Assert.Equal(e.Tid == child ? child : trace.Process.Pid, e.Pid));
        Assert.Equal((ulong)child, trace.Events.Single(e => e.Call == MemoryCall.Fork).Result);
        Assert.Contains(trace.Events, e => clones["clone3"].Contains(e.Tid));
    }

    [Fact]
    public void An_interrupted_call_stands_where_it_began_and_has_the_result_of_its_end()
    {
        var trace = Assert.Single(TraceFixtures.Read(PerfFormats.Trace, "perf/trace-split.txt").Traces);
        var lines = TraceFixtures.Lines("perf/trace-split.txt");

        var split = trace.Events.Where(e => e.ResumedLine > 0).ToArray();
        Assert.Equal(lines.Count(l => Continued().IsMatch(l)), split.Length);
        Assert.NotEmpty(split);
        foreach (var e in split)
        {
            Assert.EndsWith("...", lines[e.Line - 1], StringComparison.Ordinal);
            var result = lines[e.ResumedLine - 1];
            Assert.Contains($"/{e.Tid}  ... [continued]: ", result, StringComparison.Ordinal);
            Assert.Equal(Parse(result[(result.LastIndexOf("= ", StringComparison.Ordinal) + 2)..].Trim()), e.Result);
        }
    }

    [Theory]
    [InlineData("    34.171 ( 0.031 ms): leak/5206 mmap(len: 8192, prot: READ|WRITE, flags: SHARED, fd: 4)   = 0x7fa100000000", 5206, 8192, 3, 1, false)]
    [InlineData("    34.171 ( 0.031 ms): Web Content (x)/5206 mmap(len: 8192, prot: PROT_READ, flags: MAP_PRIVATE, fd: 4</tmp/a, len: 3)>)   = 0x7fa100000000", 5206, 8192, 1, 2, false)]
    [InlineData("    34.171 ( 0.031 ms): 5206 mmap(len: 8192) = -1 ENOMEM (Cannot allocate memory)", 5206, 8192, 0, 0, true)]
    [InlineData("    34.171 (         ): mmap(len: 8192)          ...", 0, 8192, 0, 0, false)]
    public void Lines_as_the_source_prints_them_are_read(string line, int tid, ulong length, ulong protection, ulong flags, bool failed)
    {
        var e = Assert.Single(TraceFixtures.Trace(PerfFormats.Trace, line + "\n").Events);
        Assert.Equal((tid, length, protection, flags, failed), (e.Tid, e.Length, e.Protection, e.Flags, e.Failed));
    }

    [Fact]
    public void Events_that_perf_trace_lost_are_a_loss() =>
        Assert.Equal(12, TraceFixtures.Trace(PerfFormats.Trace, "LOST 12 events!\n    34.171 ( 0.031 ms): brk() = 0x1000\n").Losses.Single(l => l.Kind == "lost-events").Count);

    [Fact]
    public void Build_ids_name_the_modules_of_the_trace_in_the_same_archive()
    {
        var zip = new MemoryStream();
        using (var archive = new System.IO.Compression.ZipArchive(zip, System.IO.Compression.ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in new[] { ("perf.txt", TraceFixtures.Bytes("perf/raw-mmap-leak-dwarf.txt.gz")), ("ids.txt", TraceFixtures.Bytes("perf/buildids.txt")) })
            {
                using var entry = archive.CreateEntry(name).Open();
                entry.Write(bytes);
            }
        }
        var ids = Encoding.ASCII.GetString(TraceFixtures.Bytes("perf/buildids.txt")).Split('\n', StringSplitOptions.RemoveEmptyEntries).ToDictionary(l => l[41..], l => l[..40], StringComparer.Ordinal);

        var trace = Assert.Single(Reading.Of(zip.ToArray()).Parsed.Traces);
        Assert.All(trace.Modules, m => Assert.Equal(ids.GetValueOrDefault(m.Path), m.BuildId));
        Assert.All(trace.Callchains.SelectMany(c => c.Frames), f => Assert.Equal(f.Module is null ? null : ids.GetValueOrDefault(f.Module), f.BuildId));
        Assert.Contains(trace.Callchains.SelectMany(c => c.Frames), f => f.BuildId is not null);
    }

    private static ulong Number(Match line, string key)
    {
        var arguments = ", " + line.Groups["args"].Value + ",";
        var at = arguments.IndexOf(", " + key, StringComparison.Ordinal);
        return at < 0 ? 0 : Parse(arguments[(at + 2 + key.Length)..arguments.IndexOf(',', at + 2)]);
    }

    private static ulong Parse(string number) => number.StartsWith("0x", StringComparison.Ordinal) ? Convert.ToUInt64(number, 16) : ulong.Parse(number, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^ +(?<time>[\d.]+) \( *[\d.]+ ms\): (?<call>\w+)\((?<args>.*)\) += (?<result>\S+)", RegexOptions.None, 1000)]
    private static partial Regex Line();

    [GeneratedRegex(@"(?<call>clone3?)\(.*\) += (?<result>[1-9]\d*)", RegexOptions.None, 1000)]
    private static partial Regex Clone();

    [GeneratedRegex(@"^ +[\d.]+ .*\[continued\]: (?:mmap|munmap|mremap|brk|madvise|execve|clone)\(", RegexOptions.None, 1000)]
    private static partial Regex Continued();
}
