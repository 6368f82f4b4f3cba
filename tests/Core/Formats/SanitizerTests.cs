using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MemScope.Core.Formats;
using MemScope.Core.Formats.Sanitizer;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Tests;

public sealed partial class SanitizerTests
{
    [Theory]
    [InlineData("sanitizer/malloc-leak.asan.log", 1)]
    [InlineData("sanitizer/malloc-leak.lsan.log", 1)]
    [InlineData("sanitizer/lost.lsan-gcc.log", 2)]
    [InlineData("sanitizer/lost.lsan-gcc-top.log", 2)]
    [InlineData("sanitizer/lost.lsan-clang-colour.log", 2)]
    [InlineData("sanitizer/lost.lsan-clang-plain.log", 2)]
    [InlineData("sanitizer/lost.asan-gcc-errors.log", 2)]
    [InlineData("leak-oracle/leak.asan-clang.log", 1)]
    [InlineData("leak-oracle/leak.lsan-gcc.log", 1)]
    public void The_leaks_of_each_report_add_up_to_its_summary(string file, int reports)
    {
        var parsed = Parse(file);
        Assert.Empty(parsed.Complaints());
        var text = Encoding.UTF8.GetString(Fixtures.Bytes(file.Split('/')));
        var summaries = Summary().Matches(text).Select(m => (Of(m, "bytes"), Of(m, "blocks"))).ToList();
        Assert.Equal(reports, summaries.Count);
        Assert.Equal(summaries, parsed.HeapProfiles.SelectMany(p => p.Dumps).Select(d => (d.LiveBytes!.Value, d.LiveCount!.Value)));
        Assert.Equal(summaries, parsed.HeapProfiles.SelectMany(p => p.Dumps).Select(d => (d.Sites.Sum(s => s.Live!.Value), d.Sites.Sum(s => s.LiveCount!.Value))));
        Assert.Equal(Pid().Matches(text).Select(m => (int?)Of(m, "pid")).Distinct(), parsed.HeapProfiles.Select(p => p.Process.Pid));
    }

    [Fact]
    public void Direct_and_indirect_leaks_are_kinds()
    {
        var profile = Parse("sanitizer/malloc-leak.asan.log").HeapProfiles[0];
        Assert.Equal([("direct leak", 30976L), ("indirect leak", 3864512L), ("indirect leak", 19844L)], profile.Dumps[0].Sites.Select(s => (s.Kind!, s.Live!.Value)));
        var frames = profile.Callchains[profile.Dumps[0].Sites[0].Callchain].Frames;
        Assert.Equal(("operator new(unsigned long)", "../../../../src/libsanitizer/asan/asan_new_delete.cpp", 95), (frames[0].Function, frames[0].File, frames[0].Line));
        Assert.EndsWith("::make_entry(std::pair<int, std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> > > const&, unsigned long)", frames[1].Function, StringComparison.Ordinal);
        Assert.Equal(("/opt/memscope-corpus/src/malloc_leak.cpp", 18, true), (frames[1].File, frames[1].Line!.Value, frames[1].Inlined));
        Assert.Equal(("Handler::operator()(int) const", 41, false), (frames[3].Function, frames[3].Line!.Value, frames[3].Inlined));
        Assert.Equal("__libc_start_call_main", frames[^1].Function);
    }

    [Fact]
    public void A_frame_without_symbols_is_an_offset_in_a_module_with_its_build_id()
    {
        var profile = Parse("sanitizer/lost.lsan-clang-plain.log").HeapProfiles[0];
        var frame = profile.Callchains[0].Frames[1];
        Assert.Equal((FrameAddressKind.InModule, 0x33804ul, "/tmp/lost/lost-lsan-clang", "17de83a9b950c104521db473c808c9c7e838ff20", null),
            (frame.AddressKind, frame.Address, frame.Module, frame.BuildId, frame.Function));
        Assert.Single(profile.Callchains);
    }

    [Fact]
    public void Colours_and_symbols_make_no_other_leaks()
    {
        static IEnumerable<(string?, long?, long?)> Sites(string file) => Parse(file).HeapProfiles.SelectMany(p => p.Dumps).SelectMany(d => d.Sites).Select(s => (s.Kind, s.Live, s.LiveCount));
        Assert.Equal(Sites("sanitizer/lost.lsan-gcc.log"), Sites("sanitizer/lost.lsan-clang-colour.log"));
        Assert.Equal(Sites("sanitizer/lost.lsan-gcc.log"), Sites("sanitizer/lost.lsan-clang-plain.log"));
    }

    [Fact]
    public void Leaks_that_are_counted_and_not_listed_are_a_site_without_a_stack()
    {
        var parsed = Parse("sanitizer/lost.lsan-gcc-top.log");
        Assert.All(parsed.HeapProfiles, p => Assert.Equal([(64, 1, false), (1216, 19, true)], p.Dumps[0].Sites.Select(s => (s.Live!.Value, s.LiveCount!.Value, s.Callchain < 0))));
        Assert.All(parsed.Diagnostics, d => Assert.Equal("SANITIZER003", d.Id));
    }

    [Fact]
    public void Another_error_is_named_and_the_leaks_behind_it_are_read()
    {
        var parsed = Parse("sanitizer/lost.asan-gcc-errors.log");
        var error = Assert.Single(parsed.Diagnostics);
        Assert.Equal("SANITIZER006", error.Id);
        Assert.Contains("heap-use-after-free", error.Text, StringComparison.Ordinal);
        Assert.Equal([1536L, 1280L], parsed.HeapProfiles.Select(p => p.Dumps[0].LiveBytes!.Value).OrderDescending());
    }

    [Fact]
    public void A_log_of_another_error_alone_is_refused_with_advice() =>
        Assert.Contains("halt_on_error=0", Reading.Refused(Fixtures.Bytes("sanitizer", "lost.asan-clang-halted.log")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_log_whose_leaks_are_all_suppressed_says_how_many_bytes_they_are() =>
        Assert.Contains("2560 bytes", Reading.Refused(Fixtures.Bytes("sanitizer", "lost.lsan-gcc-suppressed.log")).Message, StringComparison.Ordinal);

    [Fact]
    public void LeakSanitizer_under_a_debugger_is_refused_with_advice() =>
        Assert.Contains("ptrace", Reading.Refused("==450==LeakSanitizer has encountered a fatal error.\n==450==HINT: LeakSanitizer does not work under ptrace (strace, gdb, etc)\n"u8.ToArray()).Message,
            StringComparison.Ordinal);

    [Fact]
    public void A_report_that_is_cut_off_keeps_its_leaks_and_says_so()
    {
        var text = Encoding.UTF8.GetString(Fixtures.Bytes("sanitizer", "malloc-leak.asan.log"));
        var parsed = Reading.Of(text[..text.LastIndexOf("    #5", StringComparison.Ordinal)]);
        Assert.Equal("SANITIZER005", Assert.Single(parsed.Complaints()).Id);
        Assert.Equal(30976 + 3864512 + 19844, parsed.HeapProfiles[0].Dumps[0].LiveBytes);
    }

    [Theory]
    [InlineData("0x1f in f(int) /my dir/a b.c:12:39", "f(int)", "/my dir/a b.c", 12)]
    [InlineData("0x1f in std::operator<<(std::ostream&, char const*) /usr/include/c++/12/ostream:611", "std::operator<<(std::ostream&, char const*)", "/usr/include/c++/12/ostream", 611)]
    [InlineData("0x1f in Handler::operator()(int) const ../src/a.cpp:41", "Handler::operator()(int) const", "../src/a.cpp", 41)]
    [InlineData("0x1f in operator new(unsigned long)", "operator new(unsigned long)", null, null)]
    [InlineData("0x1f in main <null>", "main", null, null)]
    [InlineData("0x1f  (<unknown module>)", null, null, null)]
    [InlineData("0x1f in f /src/a.c", "f", "/src/a.c", null)]
    public void A_frame_is_a_function_and_a_place(string label, string? function, string? file, int? line)
    {
        var frame = SanitizerFrame.Read(Encoding.UTF8.GetBytes(label), new NameTable());
        Assert.Equal((0x1ful, FrameAddressKind.Absolute, null, function, file, line), (frame.Address, frame.AddressKind, frame.Module, frame.Function, frame.File, frame.Line));
    }

    [Theory]
    [InlineData("0x7fff5c3c2e37  ([stack]+0x1fe37)", "[stack]", 0x1fe37ul, null)]
    [InlineData("0x1f in operator new(unsigned long) (/opt/a (b)+0xa314e)", "/opt/a (b)", 0xa314eul, "operator new(unsigned long)")]
    public void A_frame_is_an_offset_in_a_module(string label, string module, ulong offset, string? function)
    {
        var frame = SanitizerFrame.Read(Encoding.UTF8.GetBytes(label), new NameTable());
        Assert.Equal((module, offset, FrameAddressKind.InModule, function), (frame.Module, frame.Address, frame.AddressKind, frame.Function));
    }

    private static ParsedCapture Parse(string file) => Reading.Of(Fixtures.Bytes(file.Split('/')), Path.GetFileName(file)).Parsed;

    private static long Of(Match match, string group) => long.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"SUMMARY: \w+: (?<bytes>[0-9]+) byte\(s\) leaked in (?<blocks>[0-9]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Summary();

    [GeneratedRegex("==(?<pid>[0-9]+)==ERROR: LeakSanitizer", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Pid();
}
