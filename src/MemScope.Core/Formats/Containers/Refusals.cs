namespace MemScope.Core.Formats.Containers;

/// <summary>Files that are known and not read, each with what to do instead.</summary>
internal static class Refusals
{
    private sealed record Known(byte[] Magic, string Code, string Advice);

    private static readonly Known[] All =
    [
        new([0x28, 0xb5, 0x2f, 0xfd], "zstd", "This is a zstd file, and the library that unpacks it (libzstd) is not on this machine. Send it unpacked or gzipped: zstd -dc FILE | gzip | curl --data-binary @- …"),
        new([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], "xz", "This is an xz file. Send it unpacked or gzipped: xz -dc FILE | gzip | curl --data-binary @- …"),
        new("BZh"u8.ToArray(), "bzip2", "This is a bzip2 file. Send it unpacked or gzipped: bzip2 -dc FILE | gzip | curl --data-binary @- …"),
        new([0x04, 0x22, 0x4d, 0x18], "lz4", "This is an LZ4 file. Send it unpacked or gzipped: lz4 -dc FILE | gzip | curl --data-binary @- …"),
        new("PERFILE2"u8.ToArray(), "perf-data", "This is perf.data, which only perf of the same machine reads well. Run `perf script` there and send its output."),
        new("memray\0"u8.ToArray(), "memray", "This is a memray recording. Its binary form is not read; where it was made, run `memray transform csv FILE` or `memray stats --json FILE` and send what they write."),
    ];

    /// <summary>The refusal of a file that is recognised as one that is not read, or null.</summary>
    public static CaptureRefusedException? Of(ReadOnlySpan<byte> head)
    {
        foreach (var known in All)
            if (head.StartsWith(known.Magic)) return Refuse(known.Code, known.Advice);
        if (head.StartsWith("\x7f"u8) && head.Length > 17 && head[1..].StartsWith("ELF"u8)) return OfElf(head);
        if (head.Length > 2 && head[0] == 0x80 && head[1] is >= 2 and <= 5 && head.IndexOf("tracemalloc"u8) >= 0)
            return Refuse("pickle", "This is a Python pickle of tracemalloc, which can run code when it is loaded and is never read. Print statistics to a text instead.");
        if (head.StartsWith("\x1b["u8) && head.IndexOf("Every "u8) >= 0)
            return Refuse("watch", "This is the screen of `watch`, cut to the terminal's size. Record with a loop: while date; pmap -x PID; do sleep 1; done > pmap.log");
        if (head.StartsWith("<"u8) && head.IndexOf("<html"u8) >= 0 && head.IndexOf("memray"u8) >= 0)
            return Refuse("memray-html", "This is a page that memray made for people. Run `memray transform csv FILE` on the recording that it was made of and send what that writes.");
        if (head.IndexOf("| NVIDIA-SMI "u8) is >= 0 and < 1024 || head.IndexOf("=NVSMI LOG="u8) is >= 0 and < 1024)
            return Refuse("nvidia-smi-table", "This is nvidia-smi's text for people. Send `nvidia-smi -q -x`, or `nvidia-smi --query-gpu=timestamp,uuid,memory.total,memory.used,memory.free --format=csv`.");
        return null;
    }

    /// <summary>The refusal of a file that nothing recognises.</summary>
    public static CaptureRefusedException Unknown(ReadOnlySpan<byte> head)
    {
        var looks = head.IndexOf((byte)0) >= 0 ? "binary data" : $"text that begins with {Model.DiagnosticBag.Quote(FirstLine(head))}";
        if (Framing.LineShape.IsToolMessage(FirstLine(head)))
            return new CaptureRefusedException(CaptureRefusal.Unreadable, "tool-message", $"The file holds only a tool's message, {looks}. Read the process as root or as its own user, while it runs.");
        if (Framing.LineShape.IsPmapHead(FirstLine(head), out _))
            return new CaptureRefusedException(CaptureRefusal.Unreadable, "no-mappings", "pmap printed the process's line and no mapping: it is a kernel thread, has ended, or belongs to another user. Run pmap as root.");
        return Refuse("unknown-format", $"The file looks like {looks}. Accepted are: {string.Join(", ", InputFormats.All.Select(f => f.Slug))}, plain, gzipped or packed by zstd, or many in a tar, tar.gz or zip.");
    }

    private static CaptureRefusedException OfElf(ReadOnlySpan<byte> head)
    {
        const byte bigEndian = 2, core = 4;
        var type = head[5] == bigEndian ? head[17] : head[16];
        return type == core
            ? Refuse("core-dump", "This is a core dump. It holds the memory itself, which is never stored here. Send /proc/PID/smaps of the running process instead.")
            : Refuse("elf", "This is a program, library or debug file. Upload it to /api/v1/symbols: there it gives names to addresses.");
    }

    private static ReadOnlySpan<byte> FirstLine(ReadOnlySpan<byte> head)
    {
        head = head.TrimStart(" \t\r\n"u8);
        var end = head.IndexOf((byte)'\n');
        return end < 0 ? head : head[..end];
    }

    private static CaptureRefusedException Refuse(string code, string advice) => new(CaptureRefusal.Unsupported, code, advice);
}
