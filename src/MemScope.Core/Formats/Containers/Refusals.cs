using MemScope.Core.Formats.Framing;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Containers;

/// <summary>Files that are known and not read, each with what to do instead. The commands were tried, where the tool was at hand (docs/formats/containers.md).</summary>
internal static class Refusals
{
    /// <summary>The refusal of a file that is recognised as one that is not read, or null.</summary>
    public static CaptureRefusedException? Of(ReadOnlySpan<byte> head)
    {
        foreach (var known in KnownFile.All)
            if (head.StartsWith(known.Magic)) return Refuse(known.Code, known.Advice);
        if (head.StartsWith("\x04\x22\x4d\x18"u8)) return OfLz4(head);
        if (head.StartsWith("\x7f"u8) && head.Length > 17 && head[1..].StartsWith("ELF"u8)) return OfElf(head);
        if (IsPickle(head))
            return Refuse("pickle", "This is a Python pickle, which can run code when it is loaded and is never read. If it is a dump of tracemalloc that you made yourself, print it where you made it: "
                + "python3 -c \"import tracemalloc; [print(s, *s.traceback.format(), sep='\\n') for s in tracemalloc.Snapshot.load('FILE').statistics('traceback')]\" > tracemalloc.txt");
        if (PerfettoTrace.Recognises(head))
            return Refuse("pftrace", "This is a trace of Perfetto. It exports heap profiles as pprof, which is read: traceconv profile FILE writes them, and for callstack samples traceconv profile FILE --perf.");
        if (IsBytehound(head))
            return Refuse("bytehound", "This is a recording of bytehound. Run `bytehound server FILE`, open its page, choose \"Download as a Heaptrack data file\" and send that.");
        if (IsFilm(head)) return Refuse("picture", KnownFile.Picture);
        if (head.StartsWith("<"u8) && head.IndexOf("<html"u8) >= 0 && head.IndexOf("memray"u8) >= 0)
            return Refuse("memray-html", "This is a page that memray made for people. Run `memray transform csv FILE` on the recording that it was made of and send what that writes.");
        if (IsHtml(head))
            return Refuse("html", "This is a web page: perhaps a sign-in or an error was saved in place of the file. Look at what the download answered (curl --fail stops at errors), and send the text or file itself.");
        if (head.StartsWith("\x1b["u8) && head.IndexOf("Every "u8) >= 0)
            return Refuse("watch", "This is the screen of `watch`, cut to the terminal's size. Record with a loop: while date; pmap -x PID; do sleep 1; done > pmap.log");
        if (head.StartsWith("reading file \""u8) && head.IndexOf("please wait, this might take some time"u8) is > 0 and < 4096 || head.StartsWith("heaptrack output will be written to "u8))
            return Refuse("heaptrack-report", "This is what heaptrack or heaptrack_print shows to people, with rounded figures. Send the data file itself, heaptrack.PROGRAM.PID.zst or .gz: heaptrack names it when the program ends.");
        if (head.IndexOf("| NVIDIA-SMI "u8) is >= 0 and < 1024 || head.IndexOf("=NVSMI LOG="u8) is >= 0 and < 1024)
            return Refuse("nvidia-smi-table", "This is nvidia-smi's text for people. Send `nvidia-smi -q -x`, or `nvidia-smi --query-gpu=timestamp,uuid,memory.total,memory.used,memory.free --format=csv`.");
        return null;
    }

    /// <summary>The refusal of a file that nothing recognises.</summary>
    public static CaptureRefusedException Unknown(ReadOnlySpan<byte> head)
    {
        var looks = head.IndexOf((byte)0) >= 0 ? "binary data" : $"text that begins with {DiagnosticBag.Quote(FirstLine(head))}";
        if ((OfMessage(head) ?? OfEmptyPmap(head)) is { } message) return message;
        return Refuse("unknown-format", $"The file looks like {looks}. Accepted are: {string.Join(", ", InputFormats.All.Select(f => f.Slug))}, plain, gzipped or packed by zstd, or many in a tar, tar.gz or zip. The page /formats shows how each looks and which command makes it.");
    }

    /// <summary>The refusal of a text in which a tool says that it could not do its work, or null when there is no such line.</summary>
    public static CaptureRefusedException? OfMessage(ReadOnlySpan<byte> head) => ToolMessages.AdviceOn(head, out var words) is { } advice
        ? new CaptureRefusedException(CaptureRefusal.Unreadable, "tool-message", $"The file holds only a tool's message: {words} {advice}")
        : null;

    /// <summary>The refusal of an output of pmap without a mapping, or null.</summary>
    private static CaptureRefusedException? OfEmptyPmap(ReadOnlySpan<byte> head)
    {
        for (var lines = new LineReader(head); lines.Next();)
        {
            if (LineShape.IsPmapHead(lines.Line, out _))
                return new CaptureRefusedException(CaptureRefusal.Unreadable, "no-mappings",
                    $"pmap printed the process's line and no mapping, {DiagnosticBag.Quote(lines.Line)}: it is a kernel thread, which has none, has ended, or belongs to another user. Run as root on a process that `ps -o pid,rss,comm -p PID` shows with memory: sudo pmap -X PID");
        }
        return null;
    }

    private static CaptureRefusedException OfElf(ReadOnlySpan<byte> head)
    {
        const byte bigEndian = 2, core = 4;
        var type = head[5] == bigEndian ? head[17] : head[16];
        return type == core
            ? Refuse("core-dump", "This is a core dump. It holds the memory itself, which is never stored here. Send the stacks and mappings in it: gdb -batch -ex 'info proc mappings' -ex 'thread apply all bt' PROGRAM CORE > core.txt; "
                + "and where the process still runs, cat /proc/PID/smaps > smaps.txt")
            : Refuse("elf", "This is a program, library or debug file. Upload it to /api/v1/symbols: there it gives names to addresses.");
    }

    /// <summary>memray packs its finished files by LZ4; the first letters of its header are literals there.</summary>
    private static CaptureRefusedException OfLz4(ReadOnlySpan<byte> head) => head[..Math.Min(head.Length, 64)].IndexOf("memray\0"u8) >= 0
        ? Refuse("memray", KnownFile.Memray)
        : Refuse("lz4", "This is an LZ4 file. Send it unpacked or gzipped: lz4 -dc FILE | gzip | curl --data-binary @- …");

    /// <summary>Protocols 2 to 5 begin with their number, 4 and 5 then with a frame, 2 and 3 with an instruction; protocol 0 and 1 with a container or a class.</summary>
    private static bool IsPickle(ReadOnlySpan<byte> head)
    {
        if (head.Length < 4) return false;
        if (head[0] == 0x80) return head[1] is 4 or 5 ? head[2] == 0x95 : head[1] is 2 or 3 && (head[2] is >= 0x88 and <= 0x8b || "}])(cXKJMNGTUVh"u8.Contains(head[2]));
        ReadOnlySpan<byte> start = head[..Math.Min(head.Length, 16)];
        return start.StartsWith("(dp0\n"u8) || start.StartsWith("(lp0\n"u8) || start.StartsWith("ccopy_reg\n"u8) || start.StartsWith("ccollections\n"u8) || start.StartsWith("c__builtin__\n"u8)
            || start.StartsWith("}q\0"u8) || start.StartsWith("]q\0"u8);
    }

    /// <summary>
    /// A block of LZ4 (kind 1, then its length), in which the first event is the header: tag 0, four bytes, as literals behind the token of the block. Its file name says ".dat" (koute/bytehound, lz4_stream.rs and event.rs).
    /// </summary>
    private static bool IsBytehound(ReadOnlySpan<byte> head)
    {
        const int maxBlock = 600 << 10, search = 4096;
        if (head.Length < 64 || head[0] != 1) return false;
        var length = System.Buffers.Binary.BinaryPrimitives.ReadInt32LittleEndian(head[1..]);
        return length is > 64 and < maxBlock && (head[5] >> 4) >= 4 && head[..Math.Min(head.Length, search)].IndexOf("/"u8) >= 0 && IsArchitecture(head[..Math.Min(head.Length, search)]);
    }

    private static bool IsArchitecture(ReadOnlySpan<byte> text) =>
        text.IndexOf("x86_64"u8) >= 0 || text.IndexOf("amd64"u8) >= 0 || text.IndexOf("aarch64"u8) >= 0 || text.IndexOf("arm"u8) >= 0 || text.IndexOf("mips64"u8) >= 0;

    /// <summary>WebP in RIFF; HEIC and MP4 have their type behind a length.</summary>
    private static bool IsFilm(ReadOnlySpan<byte> head) => head.Length > 12 && ((head.StartsWith("RIFF"u8) && head[8..].StartsWith("WEBP"u8)) || head[4..].StartsWith("ftyp"u8));

    private static bool IsHtml(ReadOnlySpan<byte> head)
    {
        var start = head.TrimStart(" \t\r\n"u8);
        return Starts(start, "<!doctype html") || Starts(start, "<html");

        static bool Starts(ReadOnlySpan<byte> text, string word) => text.Length >= word.Length && System.Text.Ascii.EqualsIgnoreCase(text[..word.Length], word);
    }

    private static ReadOnlySpan<byte> FirstLine(ReadOnlySpan<byte> head)
    {
        head = head.TrimStart(" \t\r\n"u8);
        var end = head.IndexOf((byte)'\n');
        return end < 0 ? head : head[..end];
    }

    private static CaptureRefusedException Refuse(string code, string advice) => new(CaptureRefusal.Unsupported, code, advice);
}
