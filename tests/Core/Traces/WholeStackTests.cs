using System.Text;
using MemScope.Core;
using MemScope.Core.Formats;
using MemScope.Core.Model;

namespace MemScope.Tests.Traces;

/// <summary>Stacks that come again are taken as a whole; a trace read that way says what it says when every stack is new.</summary>
public sealed class WholeStackTests
{
    [Theory]
    [InlineData("strace", "raw-mmap-leak.txt.gz")]
    [InlineData("strace", "ucx-leak.txt.gz")]
    [InlineData("strace", "malloc-leak-cpp.txt.gz")]
    [InlineData("bpftrace", "raw-mmap-leak.txt.gz")]
    [InlineData("bpftrace", "ucx-leak.txt.gz")]
    [InlineData("bpftrace", "malloc-leak-cpp.txt.gz")]
    public void A_stack_that_comes_again_is_the_one_of_its_call(string tool, string file)
    {
        var text = Encoding.Latin1.GetString(Fixtures.Unzipped(tool, file));
        // Addresses that count up make every stack a new one.
        var counted = 0;
        var distinct = string.Join('\n', text.Split('\n').Select(line => IsFrame(line) ? Marked(line, counted++) : line));

        var (whole, single) = (Read(text), Read(distinct));

        Assert.Equal(single.Events.Count, whole.Events.Count);
        for (var i = 0; i < whole.Events.Count; i++)
        {
            Assert.Equal(single.Events[i] with { Callchain = 0 }, whole.Events[i] with { Callchain = 0 });
            if (single.Events[i].Callchain >= 0) Assert.Equal(single.Functions(single.Events[i].Callchain), whole.Functions(whole.Events[i].Callchain));
            else Assert.Equal(-1, whole.Events[i].Callchain);
        }
        Assert.True(whole.Callchains.Count < single.Callchains.Count, "no stack came again");
    }

    [Fact]
    public void What_follows_a_stack_ends_it()
    {
        const string stack = " > /lib/libc.so.6(mmap+0x1) [0x1]\n > /bin/a(main+0x2) [0x2]\n", other = "strace: Process 13 attached\n";
        const string call = "12 mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, -1, 0) = 0x7f0000000000 <0.1>\n";
        var trace = Read(call + stack + call + stack + other + call + stack + call + " > /lib/libc.so.6(mmap+0x1) [0x1]\n" + call);

        Assert.Equal([0, 0, 0, 1, -1], trace.Events.Select(e => e.Callchain));
        Assert.Equal([1, 4, 8, 11, 13], trace.Events.Select(e => e.Line));
    }

    private static bool IsFrame(string line) => line.StartsWith(" > ", StringComparison.Ordinal) || (line.StartsWith('\t') && line.Contains('+', StringComparison.Ordinal));

    // The digits of the address differ, the names stay.
    private static string Marked(string line, int number)
    {
        var bracket = line.LastIndexOf("[0x", StringComparison.Ordinal);
        return bracket >= 0 ? line[..(bracket + 3)] + (0x10_0000 + number).ToString("x", null) + "]" : $"\t{(0x7f00_0000_0000 + number):x}{line[line.IndexOf(' ', StringComparison.Ordinal)..]}";
    }

    private static Trace Read(string text)
    {
        using var stream = new MemoryStream(Encoding.Latin1.GetBytes(text));
        return CaptureReader.Read(stream, null, null, Limits.Default).Parsed.Traces.Single();
    }
}
