using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MemScope.Core;
using MemScope.Core.Formats;
using MemScope.Core.Formats.Containers;
using MemScope.Core.Formats.Dhat;
using MemScope.Core.Model;

namespace MemScope.Tests;

public sealed partial class DhatTests
{
    [Theory]
    [InlineData("dhat/lost.dhat.json", "dhat/lost.printed.txt")]
    [InlineData("dhat/malloc-leak.dhat.json.gz", "dhat/malloc-leak.printed.txt")]
    [InlineData("leak-oracle/leak.dhat.json", "leak-oracle/leak.dhat.err")]
    public void Totals_are_those_that_dhat_prints(string file, string messages)
    {
        var parsed = Parse(file);
        Assert.Empty(parsed.Diagnostics);
        var profile = Assert.Single(parsed.HeapProfiles);
        var dump = Assert.Single(profile.Dumps);
        var printed = Encoding.UTF8.GetString(Fixtures.Bytes(messages.Split('/')));
        Assert.Equal(Printed(printed, "Total:"), (dump.AllocatedBytes, dump.AllocatedCount));
        Assert.Equal(Printed(printed, "At t-end:"), (dump.LiveBytes, dump.LiveCount));
        Assert.Equal(Printed(printed, "At t-gmax:").Bytes, profile.PeakBytes);
        Assert.Equal((dump.AllocatedBytes, dump.LiveBytes, profile.PeakBytes), (dump.Sites.Sum(s => s.Allocated), dump.Sites.Sum(s => s.Live), dump.Sites.Sum(s => s.Peak)));
        Assert.Equal(int.Parse(printed[2..printed.IndexOf("== ", StringComparison.Ordinal)], CultureInfo.InvariantCulture), profile.Process.Pid);
        Assert.Equal(ClockDomain.Instructions, profile.Clock);
        Assert.InRange(profile.PeakTime!.Value, 1, dump.Time!.Value);
    }

    [Fact]
    public void Stacks_begin_at_the_leaf_and_know_what_is_inlined()
    {
        var profile = Parse("dhat/malloc-leak.dhat.json.gz").HeapProfiles[0];
        var site = profile.Dumps[0].Sites.MaxBy(s => s.Live);
        var frames = profile.Callchains[site.Callchain].Frames;
        Assert.Equal(("operator new(unsigned long)", "/usr/libexec/valgrind/vgpreload_dhat-amd64-linux.so"), (frames[0].Function, frames[0].Module));
        Assert.Equal(("allocate", "new_allocator.h", 137, true), (frames[1].Function, frames[1].File, frames[1].Line!.Value, frames[1].Inlined));
        Assert.Equal(("main", "malloc_leak.cpp", 53, false), (frames[^1].Function, frames[^1].File, frames[^1].Line!.Value, frames[^1].Inlined));
    }

    /// <summary>After the source of Rust's dhat crate 0.3: other mode, microseconds, columns behind the lines.</summary>
    [Fact]
    public void Rusts_dhat_writes_the_same()
    {
        var parsed = Reading.Of("""
            {"dhatFileVersion":2,"mode":"rust-heap","verb":"Allocated","bklt":true,"bkacc":false,"tu":"µs","Mtu":"s","tuth":10,"cmd":"target/debug/a","pid":7,"tg":120,"te":500,
            "pps":[{"tb":300,"tbk":3,"tl":1,"mb":300,"mbk":3,"gb":300,"gbk":3,"eb":100,"ebk":1,"fs":[1,2]}],
            "ftbl":["[root]","0x10f4c2b5: alloc::alloc::alloc (library/alloc/src/alloc.rs:86:14)","0x10f4c2c0: a::main (src/main.rs:9:5)"]}
            """);
        Assert.Empty(parsed.Diagnostics);
        var profile = parsed.HeapProfiles[0];
        Assert.Equal("rust-heap", parsed.Version);
        Assert.Equal((ClockDomain.Relative, 500_000L, 120_000L, 100L, 300L), (profile.Clock, profile.Dumps[0].Time!.Value, profile.PeakTime!.Value, profile.LiveBytes!.Value, profile.PeakBytes!.Value));
        Assert.Equal([("alloc::alloc::alloc", "library/alloc/src/alloc.rs", 86), ("a::main", "src/main.rs", 9)], profile.Callchains[0].Frames.Select(f => (f.Function!, f.File!, f.Line!.Value)));
    }

    [Theory]
    [InlineData("copy")]
    [InlineData("ad-hoc")]
    [InlineData("rust-ad-hoc")]
    public void A_recording_of_something_else_than_memory_is_refused(string mode) =>
        Assert.Contains("--mode=heap", Reading.Refused(Encoding.UTF8.GetBytes($$"""{"dhatFileVersion":2,"mode":"{{mode}}","pps":[{"tb":1,"tbk":1,"fs":[0]}],"ftbl":["[root]"]}""")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_cut_off_keeps_its_numbers()
    {
        var text = Encoding.UTF8.GetString(Fixtures.Bytes("dhat", "lost.dhat.json"));
        var parsed = Reading.Of(text[..text.LastIndexOf("\"eb\"", StringComparison.Ordinal)]);
        Assert.Equal("DHAT002", parsed.Diagnostics[0].Id);
        Assert.Equal([5000L, 700L, 1280L], parsed.HeapProfiles[0].Dumps[0].Sites.Select(s => s.Live!.Value));
        Assert.All(parsed.HeapProfiles[0].Dumps[0].Sites, s => Assert.Equal(-1, s.Callchain));
    }

    /// <summary>The reader sees the text in pieces: wherever they end, it reads the same.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4096)]
    public void How_the_bytes_arrive_makes_no_difference(int piece)
    {
        var bytes = Fixtures.Bytes("dhat", "lost.dhat.json");
        static string Dump(ParsedCapture parsed)
        {
            var text = new StringWriter();
            ModelDump.Write(parsed, text);
            return text.ToString();
        }
        var whole = Dump(DhatParser.Parse(bytes, new ParseOptions(Limits.Default)));
        Assert.Equal(whole, Dump(DhatParser.Parse(new CaptureText(new Trickle(bytes, piece), Limits.Default), new ParseOptions(Limits.Default))));
    }

    private sealed class Trickle(byte[] bytes, int piece) : ReadStream
    {
        private int _at;

        public override int Read(Span<byte> buffer)
        {
            var count = Math.Min(Math.Min(piece, buffer.Length), bytes.Length - _at);
            bytes.AsSpan(_at, count).CopyTo(buffer);
            _at += count;
            return count;
        }
    }

    private static ParsedCapture Parse(string file) => Reading.Of(Fixtures.Bytes(file.Split('/')), Path.GetFileName(file)).Parsed;

    private static (long? Bytes, long? Blocks) Printed(string text, string label)
    {
        var line = Numbers().Match(text.Split('\n').Single(l => l.Contains("== " + label, StringComparison.Ordinal)));
        static long Of(Group g) => long.Parse(g.Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
        return (Of(line.Groups["bytes"]), Of(line.Groups["blocks"]));
    }

    [GeneratedRegex("(?<bytes>[0-9,]+) bytes in (?<blocks>[0-9,]+) blocks", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Numbers();
}
