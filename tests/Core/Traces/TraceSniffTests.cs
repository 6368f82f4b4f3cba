using MemScope.Core.Formats;

namespace MemScope.Tests.Traces;

public sealed class TraceSniffTests
{
    public static TheoryData<string, string> Files()
    {
        var files = new TheoryData<string, string>();
        foreach (var slug in (string[])["strace", "bpftrace", "gdb"])
            foreach (var file in Directory.GetFiles(Fixtures.PathOf(slug)).Where(f => !f.EndsWith(".dump.txt", StringComparison.Ordinal)).Order(StringComparer.Ordinal)) files.Add(slug, Path.GetFileName(file));
        return files;
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_trace_is_recognised_and_read(string slug, string file)
    {
        var text = TraceFixtures.Bytes($"{slug}/{file}");

        if (file.Contains(".json", StringComparison.Ordinal) || file is "cut-objects.txt") slug = "bpftrace-json";
        Assert.Equal(slug, InputFormats.Sniff(text)?.Slug);
        var read = Reading.Of(text).Parsed;
        Assert.Equal(slug, read.Format);
        Assert.Single(read.Traces);
    }

    [Theory]
    [InlineData("strace/not-root.txt", "attach: ptrace(PTRACE_SEIZE, 23005): Operation not permitted")]
    [InlineData("gdb/not-root.txt", "ptrace: Operation not permitted.")]
    [InlineData("bpftrace/not-root.txt", "bpftrace currently only supports running as the root user.")]
    [InlineData("bpftrace/no-tracefs.txt", "tracepoint not found: syscalls:sys_enter_mmap")]
    [InlineData("bpftrace/no-such-tracepoint.txt", "tracepoint not found: syscalls:sys_enter_nosuch")]
    public void A_tool_that_could_not_run_is_refused_with_its_own_words(string file, string words)
    {
        var refused = Reading.Refused(TraceFixtures.Bytes("tool-messages/" + file));

        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("int main(int argc) = 3;\n")]
    [InlineData("#0 foo\n")]
    [InlineData("alice@[host]: hello\n")]
    [InlineData("a b c\n")]
    [InlineData("")]
    public void Other_text_is_no_trace(string text) => Assert.Null(InputFormats.Sniff(System.Text.Encoding.UTF8.GetBytes(text)));
}
