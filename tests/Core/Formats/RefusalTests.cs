using System.Text;
using MemScope.Core;
using MemScope.Core.Formats;
using MemScope.Core.Formats.Containers;

namespace MemScope.Tests;

public sealed class RefusalTests
{
    private static readonly byte[] Maps = Fixtures.Bytes("smaps", "odd-maps.maps.txt");

    [Fact]
    public void An_empty_body_is_refused() => Assert.Equal(CaptureRefusal.Empty, Reading.Refused([]).Kind);

    [Fact]
    public void An_empty_gzip_is_refused() => Assert.Equal(CaptureRefusal.Empty, Reading.Refused(Packing.Gzip([])).Kind);

    [Fact]
    public void Random_bytes_are_refused()
    {
        var random = new Random(1);
        for (var round = 0; round < 200; round++)
        {
            var bytes = new byte[random.Next(1, 5000)];
            random.NextBytes(bytes);
            Assert.Contains(Reading.Refused(bytes).Kind, new[] { CaptureRefusal.Unsupported, CaptureRefusal.BadEncoding, CaptureRefusal.Unreadable });
        }
    }

    [Fact]
    public void Zeros_are_refused_as_binary() => Assert.Contains("binary data", Reading.Refused(new byte[5000]).Message, StringComparison.Ordinal);

    [Fact]
    public void An_unknown_text_is_quoted_and_what_is_accepted_is_named()
    {
        var refused = Reading.Refused("hello <b>world</b>\n"u8.ToArray());
        Assert.Equal((CaptureRefusal.Unsupported, "unknown-format"), (refused.Kind, refused.Code));
        Assert.Contains("hello <b>world</b>", refused.Message, StringComparison.Ordinal);
        Assert.All(InputFormats.All, f => Assert.Contains(f.Slug, refused.Message, StringComparison.Ordinal));
    }

    public static TheoryData<string, byte[], string> Known => new()
    {
        { "xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0], "xz -dc" },
        { "bzip2", "BZh91AY"u8.ToArray(), "bzip2 -dc" },
        { "lz4", [0x04, 0x22, 0x4d, 0x18, 0], "lz4 -dc" },
        { "perf-data", "PERFILE2........"u8.ToArray(), "perf script" },
        { "perf-data", "2ELIFREP........"u8.ToArray(), "perf script" },
        { "memray", "memray\0\x01"u8.ToArray(), "memray transform" },
        // An LZ4 frame whose first block begins with literals: how memray packs a finished file. Only the specification backs it.
        { "memray", [0x04, 0x22, 0x4d, 0x18, 0x64, 0x40, 0xa7, 0x20, 1, 0, 0, 0xf0, .. "memray\0\x0b"u8], "memray stats" },
        { "pickle", "ccollections\nOrderedDict\np0\n"u8.ToArray(), "never read" },
        { "pickle", [0x80, 2, .. "}q\0X"u8], "never read" },
        // Two packets as perfetto's trace_packet.proto describes them: sequence and clock snapshot, time stamp and sequence; no tool was at hand.
        { "pftrace", [0x0a, 8, 0x50, 1, 0x32, 4, 0x0a, 2, 8, 6, 0x0a, 8, 0x40, 0x80, 0x94, 0xeb, 0xdc, 3, 0x18, 1], "traceconv profile" },
        // A block of bytehound's stream: kind, length, LZ4 literals with the header event. Only its source backs it.
        { "bytehound", [1, 0, 2, 0, 0, 0xf0, 80, 0, 0, 0, 0, .. new byte[60], .. "/usr/bin/app\0\x06\0\0\0x86_64"u8, .. new byte[40]], "bytehound server" },
        { "jvm-dump", "JAVA PROFILE 1.0.2\0\0\0\0\x08"u8.ToArray(), "jcmd PID GC.class_histogram" },
        { "jvm-dump", "FLR\0\0\x02"u8.ToArray(), "VM.native_memory summary" },
        { "minidump", "MDMP\x93\xa7"u8.ToArray(), "Linux" },
        { "picture", [0x89, .. "PNG\r\n\x1a\n\0\0\0\rIHDR"u8], "pmap.txt" },
        { "picture", [0xff, 0xd8, 0xff, 0xe0, 0, 16, .. "JFIF"u8], "pmap.txt" },
        { "picture", "RIFF\x10\0\0\0WEBPVP8 "u8.ToArray(), "pmap.txt" },
        { "picture", [0, 0, 0, 0x1c, .. "ftypheic\0\0\0\0"u8], "pmap.txt" },
        { "picture", "%PDF-1.7\n"u8.ToArray(), "pmap.txt" },
        { "html", "<!DOCTYPE html>\n<html><title>Sign in</title>"u8.ToArray(), "curl --fail" },
        { "archive", [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, 0, 4], "tar -czf" },
        { "pickle", [0x80, 4, 0x95, 0xf4, 0x17, 0, 0, 0, 0, 0, 0, .. "ctracemalloc\nSnapshot"u8], "never read" },
        { "elf", [0x7f, .. "ELF"u8, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 62, 0], "/api/v1/symbols" },
        { "core-dump", [0x7f, .. "ELF"u8, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 62, 0], "core dump" },
        { "watch", "\u001b[?1049h\u001b[1;24rEvery 1.0s: pmap -x 1"u8.ToArray(), "loop" },
    };

    [Theory]
    [MemberData(nameof(Known))]
    public void A_known_file_that_is_not_read_is_refused_with_advice(string code, byte[] file, string advice)
    {
        foreach (var sent in new[] { file, Packing.Gzip(file) })
        {
            var refused = Reading.Refused(sent);
            Assert.Equal((CaptureRefusal.Unsupported, code), (refused.Kind, refused.Code));
            Assert.Contains(advice, refused.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("cat: /proc/23005/smaps: Permission denied\n", "tool-message")]
    [InlineData("2:   [kthreadd]\n", "no-mappings")]
    [InlineData("23005:   sleep 300\n", "no-mappings")]
    public void A_file_with_only_a_message_says_what_to_do(string text, string code)
    {
        var refused = Reading.Refused(Encoding.ASCII.GetBytes(text));
        Assert.Equal((CaptureRefusal.Unreadable, code), (refused.Kind, refused.Code));
        Assert.Contains("root", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("perf.data", "perf-data", "perf script")]
    [InlineData("perf-pipe.data", "perf-data", "perf script")]
    [InlineData("tracemalloc.pickle", "pickle", "tracemalloc.Snapshot.load")]
    [InlineData("core.gz", "core-dump", "gdb -batch")]
    public void A_real_file_that_is_not_read_is_refused_with_the_command_that_helps(string file, string code, string command)
    {
        var refused = Reading.Refused(Fixtures.Bytes("refused", file));
        Assert.Equal((CaptureRefusal.Unsupported, code), (refused.Kind, refused.Code));
        Assert.Contains(command, refused.Message, StringComparison.Ordinal);
        // What its record script ran is what the refusal says.
        Assert.Contains(command, File.ReadAllText(Fixtures.PathOf("refused", "record.sh")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("perf", "perf")]
    [InlineData("core", "gdb")]
    [InlineData("tracemalloc", "tracemalloc")]
    public void What_the_command_of_a_refusal_prints_is_read(string advised, string slug)
    {
        var file = Fixtures.Bytes("refused", advised + ".advised.txt.gz");
        if (InputFormats.Find(slug) is not null) Assert.Equal(slug, Reading.Of(file).Parsed.Format);
    }

    [Fact]
    public void A_profile_of_pprof_is_no_trace_of_perfetto()
    {
        // Four value types of a Go heap profile, then a sample.
        byte[] profile = [0x0a, 4, 8, 1, 0x10, 2, 0x0a, 4, 8, 3, 0x10, 4, 0x0a, 4, 8, 5, 0x10, 2, 0x0a, 4, 8, 6, 0x10, 4, 0x12, 4, 0x0a, 2, 1, 2];
        Assert.False(PerfettoTrace.Recognises(profile));
        Assert.False(PerfettoTrace.Recognises("\n\nsome text\n"u8));
    }

    [Theory]
    [InlineData("reading file \"heaptrack.malloc_leak.zst\" - please wait, this might take some time...\nDebuggee command was: /opt/malloc_leak\n")]
    [InlineData("heaptrack output will be written to \"/opt/out/heaptrack.malloc_leak.42.zst\"\nstarting application, this might take some time...\n")]
    public void What_heaptrack_shows_to_people_is_refused_with_the_file_to_send(string text)
    {
        var refused = Reading.Refused(System.Text.Encoding.ASCII.GetBytes(text));
        Assert.Equal((CaptureRefusal.Unsupported, "heaptrack-report"), (refused.Kind, refused.Code));
    }

    [Fact]
    public void A_source_line_that_gdb_could_not_show_is_no_message_of_a_missing_process() =>
        Assert.DoesNotContain("pgrep", Reading.Refused("[New LWP 32306]\n29\t../sysdeps/unix/sysv/linux/pause.c: No such file or directory.\n$1 = 20886405120\n"u8.ToArray()).Message, StringComparison.Ordinal);

    [Fact]
    public void Every_message_of_a_tool_is_answered_with_what_helps()
    {
        var files = Directory.GetFiles(Fixtures.PathOf("tool-messages"), "*", SearchOption.AllDirectories);
        Assert.True(files.Length >= 13);
        foreach (var file in files)
        {
            var refused = Reading.Refused(File.ReadAllBytes(file));
            Assert.Equal(CaptureRefusal.Unreadable, refused.Kind);
            Assert.Contains(refused.Code, new[] { "tool-message", "no-mappings" });
            Assert.Matches("sudo|cat trace.txt", refused.Message);
        }
    }

    [Theory]
    [InlineData("pmap/kernel-thread.txt", "2:   [kthreadd]")]
    [InlineData("pmap/not-owner.txt", "sudo cat /proc/PID/smaps")]
    [InlineData("pmap/no-such-process.txt", "pgrep")]
    [InlineData("ptrace/not-root.txt", "TracerPid")]
    [InlineData("strace/already-traced.txt", "TracerPid")]
    [InlineData("bpftrace/no-tracefs.txt", "mount -t tracefs")]
    [InlineData("bpftrace/no-kprobes.txt", "memory.bt")]
    [InlineData("perf/not-root.txt", "sudo perf record")]
    [InlineData("bpftrace/lost-stacks.err.txt", "standard error")]
    public void A_message_is_answered_for_what_it_says(string file, string advice) => Assert.Contains(advice, Reading.Refused(Fixtures.Bytes(["tool-messages", .. file.Split('/')])).Message, StringComparison.Ordinal);

    [Fact]
    public void A_message_beside_data_refuses_nothing()
    {
        var parsed = Reading.Of([.. Maps, .. "cat: /proc/1/smaps: Permission denied\n"u8]).Parsed;
        Assert.Single(parsed.Snapshots);
        Assert.Contains(parsed.Diagnostics, d => d.Id == "FRAME004");
    }

    [Fact]
    public void An_override_that_does_not_exist_is_refused()
    {
        var refused = Assert.Throws<CaptureRefusedException>(() => CaptureReader.Read(new MemoryStream(Maps), null, "smurf", Limits.Default));
        Assert.Equal("unknown-format", refused.Code);
    }

    [Fact]
    public void As_many_lines_as_the_limit_pass_and_one_more_does_not()
    {
        var lines = Maps.AsSpan().Count((byte)'\n');
        Assert.Single(Reading.Of(Maps, limits: new Limits { SnapshotLines = lines }).Parsed.Snapshots);
        var refused = Reading.Refused(Maps, limits: new Limits { SnapshotLines = lines - 1 });
        Assert.Equal((CaptureRefusal.TooLarge, "snapshot-lines", lines - 1, lines), (refused.Kind, refused.Code, refused.Limit, refused.Actual));
    }

    [Fact]
    public void As_many_bytes_as_the_limit_pass_and_one_more_does_not()
    {
        foreach (var file in new[] { Maps, Packing.Gzip(Maps), Packing.Tar(("0001_1795188619.txt", Maps)) })
        {
            Assert.Single(Reading.Of(file, limits: new Limits { SnapshotBytes = Maps.Length }).Parsed.Snapshots);
            var refused = Reading.Refused(file, limits: new Limits { SnapshotBytes = Maps.Length - 1 });
            Assert.Equal((CaptureRefusal.TooLarge, "snapshot-bytes", Maps.Length - 1), (refused.Kind, refused.Code, refused.Limit));
        }
    }

    [Fact]
    public void A_file_of_many_snapshots_may_be_longer_than_one()
    {
        byte[] twice = [.. Maps, .. Maps];
        var limits = new Limits { SnapshotBytes = Maps.Length, SnapshotLines = Maps.AsSpan().Count((byte)'\n') };
        Assert.Equal(2, Reading.Of(twice, limits: limits).Parsed.Snapshots.Count);
    }

    [Fact]
    public void A_line_without_end_costs_no_memory()
    {
        using var file = new FileStream(Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 4096, FileOptions.DeleteOnClose);
        file.Write(Maps);
        file.SetLength(Limits.Default.SnapshotBytes + 1);
        file.Position = 0;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var parsed = CaptureReader.Read(file, null, null, Limits.Default).Parsed;

        Assert.Single(parsed.Snapshots);
        Assert.Contains(parsed.Diagnostics, d => d.Id == "FRAME003");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 << 20);
    }

    [Fact]
    public void As_many_decoded_bytes_as_the_limit_pass_and_one_more_does_not()
    {
        var file = Packing.Gzip(Maps);
        Assert.Single(Reading.Of(file, limits: new Limits { DecodedBytes = Maps.Length }).Parsed.Snapshots);
        Assert.Equal("decoded-bytes", Reading.Refused(file, limits: new Limits { DecodedBytes = Maps.Length - 1 }).Code);
    }
}
