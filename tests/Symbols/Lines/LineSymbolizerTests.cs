using System.Diagnostics;
using MemScope.Symbols.Children;
using MemScope.Symbols.Demangling;
using MemScope.Symbols.Elf;
using MemScope.Symbols.Lines;
using MemScope.Symbols.Tests.Elf;

namespace MemScope.Symbols.Tests.Lines;

/// <summary>The real addr2line and llvm-symbolizer, and shell scripts in their place where they must misbehave.</summary>
public sealed class LineSymbolizerTests : IAsyncDisposable
{
    private static readonly ChildLimits Impatient = new() { AnswerTime = TimeSpan.FromSeconds(2), BatchTime = TimeSpan.FromSeconds(60), AnswerBytes = 4096 };
    private static readonly ChildLimits Patient = new() { AnswerTime = TimeSpan.FromMinutes(2), BatchTime = TimeSpan.FromMinutes(2), StartTime = TimeSpan.FromMinutes(2) };
    private readonly OpenFolder _folder = new();
    private readonly Demangler _demangler = new();

    public static TheoryData<string, string, string> Corpus
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (var tool in LineSymbolizer.Tools)
            {
                data.Add(tool.Name, "raw-mmap-leak", "raw_mmap_leak");
                data.Add(tool.Name, "raw-mmap-leak", "raw_mmap_leak.debug");
                data.Add(tool.Name, "malloc-leak-cpp", "malloc_leak.debug");
                data.Add(tool.Name, "steady-healthy", "steady_healthy.debug");
                data.Add(tool.Name, "ucx-leak", "ucx_leak.debug");
            }
            return data;
        }
    }

    [NeedsToolTheory("addr2line", "llvm-symbolizer")]
    [MemberData(nameof(Corpus))]
    public async Task Every_frame_of_the_corpus_has_its_functions_files_and_lines(string tool, string name, string file)
    {
        await using var symbolizer = new LineSymbolizer(_demangler, [LineSymbolizer.Tools.Single(t => t.Name == tool)], new ChildLimits(), TimeProvider.System);
        var debug = Fixture.Elf($"elf/{name}/{file}");
        var known = KnownFrame.Of(name).Where(k => k.BuildId == debug.BuildId?.Hex).ToArray();
        Assert.NotEmpty(known);
        var answers = await symbolizer.SymbolizeAsync(_folder.Copy($"elf/{name}/{file}"), [.. known.Select(k => k.LookedUp)]);
        Assert.Null(symbolizer.Unavailable);
        Assert.Equal(tool, symbolizer.ToolName);
        Assert.Equal(known.Length, answers.Count);
        for (var i = 0; i < known.Length; i++)
        {
            Assert.Equal(
                known[i].Frames.Select(f => (f.Function.WithoutBlanksBetweenBrackets(), f.At)),
                answers[i].Frames.Select(f => ((f.Function ?? "??").WithoutBlanksBetweenBrackets(), f.File is null ? "??:?" : $"{f.File}:{f.Line}")));
            Assert.Equal(Enumerable.Range(1, known[i].Frames.Count).Select(n => n < known[i].Frames.Count), answers[i].Frames.Select(f => f.Inlined));
            Assert.Null(answers[i].Miss);
        }
    }

    [Fact]
    public async Task An_address_outside_the_code_is_not_given_the_nearest_name()
    {
        await using var symbolizer = new LineSymbolizer(_demangler);
        var path = _folder.Copy("elf/raw-mmap-leak/raw_mmap_leak.debug");
        foreach (var address in (ulong[])[0, 0x2000, 0x99999, ulong.MaxValue])
        {
            var answer = await symbolizer.SymbolizeAsync(path, address);
            Assert.Empty(answer.Frames);
            Assert.Equal(SymbolMiss.UnknownAddress, answer.Miss);
        }
    }

    [Fact]
    public async Task A_file_that_is_missing_or_no_ELF_file_or_cut_is_told_apart()
    {
        await using var symbolizer = new LineSymbolizer(_demangler);
        var whole = Fixture.Bytes("elf/raw-mmap-leak/raw_mmap_leak.debug");
        Assert.Equal(SymbolMiss.NoSymbols, (await symbolizer.SymbolizeAsync(Path.Combine(_folder.Path, "missing"), 1)).Miss);
        Assert.Equal(SymbolMiss.Malformed, (await symbolizer.SymbolizeAsync(_folder.Write("text", "hello"u8.ToArray()), 1)).Miss);
        Assert.Equal(SymbolMiss.Malformed, (await symbolizer.SymbolizeAsync(_folder.Write("cut", whole[..9000]), 0x13d9)).Miss);
        Assert.Empty(symbolizer.IdlePids);
    }

    [NeedsToolFact("addr2line")]
    public async Task A_file_that_appears_later_is_read()
    {
        await using var symbolizer = new LineSymbolizer(_demangler);
        var path = Path.Combine(_folder.Path, "raw_mmap_leak.debug");
        Assert.Equal(SymbolMiss.NoSymbols, (await symbolizer.SymbolizeAsync(path, 0x13d9)).Miss);
        _folder.Copy("elf/raw-mmap-leak/raw_mmap_leak.debug");
        Assert.Equal("main", (await symbolizer.SymbolizeAsync(path, 0x13d9)).Frames[^1].Function);
    }

    [Theory]
    [InlineData("relative/path")]
    [InlineData("/a\"b")]
    [InlineData("/a\nb")]
    [InlineData("")]
    public async Task Only_paths_that_cannot_break_the_line_are_taken(string path)
    {
        await using var symbolizer = new LineSymbolizer(_demangler);
        await Assert.ThrowsAsync<ArgumentException>(() => symbolizer.SymbolizeAsync(path, 1));
    }

    [NeedsToolFact("addr2line")]
    public async Task A_path_with_blanks_is_taken()
    {
        await using var symbolizer = new LineSymbolizer(_demangler);
        var path = _folder.Write("a b 'c", Fixture.Bytes("elf/raw-mmap-leak/raw_mmap_leak.debug"));
        Assert.Equal("main", (await symbolizer.SymbolizeAsync(path, 0x13d9)).Frames[^1].Function);
    }

    [NeedsToolFact("addr2line")]
    public async Task A_file_that_the_tools_user_may_not_read_is_explained()
    {
        if (!Environment.IsPrivilegedProcess) return; // the tool runs as the same user, who can read it
        await using var symbolizer = new LineSymbolizer(_demangler);
        var path = _folder.Copy("elf/raw-mmap-leak/raw_mmap_leak.debug");
        File.SetUnixFileMode(path, UnixFileMode.UserRead);
        var answer = await symbolizer.SymbolizeAsync(path, 0x13d9);
        Assert.Equal(SymbolMiss.NoSymbols, answer.Miss);
        Assert.Contains("rights", answer.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_tool_the_reason_is_told()
    {
        await using var symbolizer = Symbolizer(AddressTool.LlvmSymbolizer with { Name = "no-such-symbolizer" });
        var answer = await symbolizer.SymbolizeAsync(_folder.Copy("elf/raw-mmap-leak/raw_mmap_leak.debug"), 0x13d9);
        Assert.Equal((0, SymbolMiss.Unsupported), (answer.Frames.Count, answer.Miss));
        Assert.Contains("install binutils", answer.Reason, StringComparison.Ordinal);
        Assert.Equal(answer.Reason, symbolizer.Unavailable);
    }

    [Theory]
    [InlineData("sleep 100", "did not answer in time")]
    [InlineData("exit 3", "came down")]
    [InlineData("kill -SEGV $$", "came down")]
    [InlineData("head -c 100000 /dev/zero | tr '\\0' x; echo", "answer without end")]
    public async Task A_file_that_brings_the_tool_down_is_put_aside_and_others_are_not_touched(string misbehaviour, string why)
    {
        await using var symbolizer = Symbolizer(Script($"case $1 in *bad*) {misbehaviour};; *) echo '{{\"Symbol\":[{{\"FunctionName\":\"f\"}}]}}';; esac"));
        var elf = Fixture.Bytes("elf/raw-mmap-leak/raw_mmap_leak.debug");
        var bad = _folder.Write("bad", elf);
        var answer = await symbolizer.SymbolizeAsync(bad, 0x13d9);
        Assert.Equal(SymbolMiss.Malformed, answer.Miss);
        Assert.Contains(why, answer.Reason, StringComparison.Ordinal);

        var good = _folder.Write("good", elf);
        Assert.Equal("f", (await symbolizer.SymbolizeAsync(good, 0x13d9)).Frames[0].Function);
        var clock = Stopwatch.StartNew();
        Assert.Equal(Enumerable.Repeat(answer, 3), await symbolizer.SymbolizeAsync(bad, [0x13d9, 0x13d9, 0x13d9]));
        Assert.True(clock.Elapsed < Impatient.AnswerTime, "the file was asked about again");
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"Symbol\":7}")]
    [InlineData("{\"Symbol\":[7,null,{\"FunctionName\":5,\"Line\":\"x\"}]}")]
    [InlineData("{\"Symbol\":[]}")]
    [InlineData("{\"Error\":7}")]
    [InlineData("{\"Error\":{\"Message\":\"The file was not recognized\"}}")]
    public void An_answer_without_frames_is_a_miss(string line)
    {
        var answer = SymbolizerAnswer.Read(line);
        Assert.Empty(answer.Frames);
        Assert.NotNull(answer.Miss);
        Assert.NotNull(answer.Reason);
    }

    [NeedsToolTheory("addr2line", "llvm-symbolizer")]
    [InlineData("addr2line")]
    [InlineData("llvm-symbolizer")]
    public async Task Mutated_debug_files_leave_the_tool_alive_or_replaced(string tool)
    {
        await using var symbolizer = Symbolizer(LineSymbolizer.Tools.Single(t => t.Name == tool));
        var original = Fixture.Bytes("elf/raw-mmap-leak/raw_mmap_leak.debug");
        var dwarf = Fixture.Elf("elf/raw-mmap-leak/raw_mmap_leak.debug").Sections.Where(s => s.Name.StartsWith(".debug_", StringComparison.Ordinal)).ToArray();
        var random = new Random(7);
        for (var i = 0; i < 100; i++)
        {
            var bytes = (byte[])original.Clone();
            for (var n = 0; n < 8; n++)
            {
                var section = dwarf[random.Next(dwarf.Length)];
                bytes[(int)section.FileOffset + random.Next((int)section.Size)] = (byte)random.Next(256);
            }
            var answers = await symbolizer.SymbolizeAsync(_folder.Write($"m{i}", bytes), [0x13d9, 0x18c3, 0x1c7c]);
            Assert.All(answers, a => Assert.True(a.Frames.Count > 0 || a.Miss is not null));
        }
        Assert.Equal("main", (await symbolizer.SymbolizeAsync(_folder.Copy("elf/raw-mmap-leak/raw_mmap_leak"), 0x13d9)).Frames[^1].Function);
    }

    [NeedsToolFact("llvm-symbolizer")]
    public async Task A_file_that_the_first_tool_refuses_is_read_by_the_second()
    {
        await using var symbolizer = new LineSymbolizer(_demangler, [Script("case $1 in /bin/sh) echo;; *) exit 1;; esac"), AddressTool.LlvmSymbolizer], Patient, TimeProvider.System);
        Assert.Equal("main", (await symbolizer.SymbolizeAsync(_folder.Copy("elf/raw-mmap-leak/raw_mmap_leak"), 0x13d9)).Frames[^1].Function);
        Assert.Equal("sh", symbolizer.ToolName);
    }

    [Fact]
    public async Task Others_are_answered_while_a_file_never_seen_keeps_its_child_busy()
    {
        var elf = Fixture.Bytes("elf/raw-mmap-leak/raw_mmap_leak.debug");
        var (good, bad) = (_folder.Write("good", elf), _folder.Write("bad", elf));
        var script = Script("case $1 in *bad*) while [ ! -e $1.go ]; do sleep 0.1; done;; esac; echo '{\"Symbol\":[{\"FunctionName\":\"f\"}]}'");
        await using var symbolizer = new LineSymbolizer(_demangler, [script], Patient, TimeProvider.System);
        await symbolizer.SymbolizeAsync(good, 0x13d9);
        var hanging = symbolizer.SymbolizeAsync(bad, 0x13d9);
        for (var i = 0; i < 50; i++) Assert.Equal("f", (await symbolizer.SymbolizeAsync(good, 0x13d9)).Frames[0].Function);
        Assert.False(hanging.IsCompleted, "the file that hangs was answered before it was let go");
        _folder.Write("bad.go", []);
        Assert.Equal("f", (await hanging).Frames[0].Function);
    }

    [Theory]
    [InlineData("0x1\n??\n??:0", 0)]
    [InlineData("f\n/a.c:7", 1)]
    [InlineData("f\n/a.c:7 (discriminator 3)", 1)]
    [InlineData("f\n??:?\ng\n/a b:c.c:7", 2)]
    [InlineData("f\n:?", 1)]
    [InlineData("f\n/a.c:99999999999999999999", 1)]
    [InlineData("", 0)]
    [InlineData("f", 0)]
    [InlineData("\n\n\n\n", 0)]
    public void An_answer_of_addr2line_in_any_form_is_read(string block, int frames)
    {
        var answer = Addr2lineAnswer.Read(block.StartsWith("0x", StringComparison.Ordinal) ? block[4..] : block);
        Assert.Equal(frames, answer.Frames.Count);
        Assert.Equal(frames == 0, answer.Miss is not null);
        Assert.All(answer.Frames, f => Assert.True(f.Line is null or 7));
        Assert.DoesNotContain(answer.Frames, f => f.File is "" or "??");
    }

    public async ValueTask DisposeAsync()
    {
        await _demangler.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>A shell in the place of llvm-symbolizer: it does that for every address; <c>$1</c> is the file.</summary>
    private static AddressTool Script(string commands) =>
        AddressTool.LlvmSymbolizer with { Name = "sh", ArgumentsFor = path => ["-c", $"while read -r line; do {commands}; done", "sh", path], Probe = "/bin/sh" };

    private LineSymbolizer Symbolizer(params AddressTool[] tools) => new(_demangler, tools, Impatient, TimeProvider.System);
}
