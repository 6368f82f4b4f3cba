using System.Diagnostics;
using MemScope.Symbols.Children;
using MemScope.Symbols.Demangling;
using MemScope.Symbols.Elf;
using MemScope.Symbols.Lines;
using MemScope.Symbols.Tests.Elf;

namespace MemScope.Symbols.Tests.Lines;

/// <summary>The real llvm-symbolizer, and shell scripts in its place where it must misbehave.</summary>
public sealed class LineSymbolizerTests : IAsyncDisposable
{
    private static readonly ChildLimits Impatient = new() { AnswerTime = TimeSpan.FromSeconds(2), BatchTime = TimeSpan.FromSeconds(60), AnswerBytes = 4096 };
    private readonly OpenFolder _folder = new();
    private readonly Demangler _demangler = new();

    [NeedsToolTheory("llvm-symbolizer")]
    [InlineData("raw-mmap-leak", "raw_mmap_leak")]
    [InlineData("raw-mmap-leak", "raw_mmap_leak.debug")]
    [InlineData("malloc-leak-cpp", "malloc_leak.debug")]
    public async Task Every_frame_of_the_corpus_has_its_functions_files_and_lines(string name, string file)
    {
        await using var symbolizer = new LineSymbolizer(_demangler);
        var known = KnownFrame.Of(name);
        var answers = await symbolizer.SymbolizeAsync(_folder.Copy($"elf/{name}/{file}"), [.. known.Select(k => k.LookedUp)]);
        Assert.Null(symbolizer.Unavailable);
        Assert.Equal(known.Count, answers.Count);
        for (var i = 0; i < known.Count; i++)
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
        Assert.Null(symbolizer.ChildPid);
    }

    [NeedsToolFact("llvm-symbolizer")]
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

    [NeedsToolFact("llvm-symbolizer")]
    public async Task A_path_with_blanks_is_taken()
    {
        await using var symbolizer = new LineSymbolizer(_demangler);
        var path = _folder.Write("a b 'c", Fixture.Bytes("elf/raw-mmap-leak/raw_mmap_leak.debug"));
        Assert.Equal("main", (await symbolizer.SymbolizeAsync(path, 0x13d9)).Frames[^1].Function);
    }

    [NeedsToolFact("llvm-symbolizer")]
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
        await using var symbolizer = Symbolizer(new LineProgram("no-such-symbolizer", [], "", _ => true));
        var answer = await symbolizer.SymbolizeAsync(_folder.Copy("elf/raw-mmap-leak/raw_mmap_leak.debug"), 0x13d9);
        Assert.Equal((0, SymbolMiss.Unsupported), (answer.Frames.Count, answer.Miss));
        Assert.Contains("install llvm", answer.Reason, StringComparison.Ordinal);
        Assert.Equal(answer.Reason, symbolizer.Unavailable);
    }

    [Theory]
    [InlineData("sleep 100", "did not answer in time")]
    [InlineData("exit 3", "came down")]
    [InlineData("kill -SEGV $$", "came down")]
    [InlineData("head -c 100000 /dev/zero | tr '\\0' x; echo", "answer without end")]
    public async Task A_file_that_brings_the_tool_down_is_put_aside_and_others_are_not_touched(string misbehaviour, string why)
    {
        var script = $"while read -r line; do case $line in *bad*) {misbehaviour};; *) echo '{{\"Symbol\":[{{\"FunctionName\":\"f\"}}]}}';; esac; done";
        await using var symbolizer = Symbolizer(new LineProgram("sh", ["-c", script], "probe", _ => true));
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

    [NeedsToolFact("llvm-symbolizer")]
    public async Task Mutated_debug_files_leave_the_tool_alive_or_replaced()
    {
        await using var symbolizer = new LineSymbolizer(_demangler, LineSymbolizer.Programs, Impatient with { AnswerBytes = 1 << 20 }, TimeProvider.System);
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

    public async ValueTask DisposeAsync()
    {
        await _demangler.DisposeAsync();
        _folder.Dispose();
    }

    private LineSymbolizer Symbolizer(LineProgram program) => new(_demangler, [program], Impatient, TimeProvider.System);
}
