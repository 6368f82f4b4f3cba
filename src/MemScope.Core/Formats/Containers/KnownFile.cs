namespace MemScope.Core.Formats.Containers;

/// <summary>A kind of file that is known by its first bytes and not read.</summary>
/// <param name="Code">Stable name of the refusal.</param>
/// <param name="Magic">What it begins with.</param>
/// <param name="Advice">What it is, and the command that makes of it what is read.</param>
internal sealed record KnownFile(string Code, byte[] Magic, string Advice)
{
    /// <summary>Advice on memray's own files, which may also be packed by LZ4.</summary>
    public const string Memray = "This is a memray recording, which only the memray that made it reads. Run `memray transform csv FILE` or `memray stats --json FILE` there and send what it writes.";

    private const string PerfData = "This is perf.data, which only perf of the same machine reads well. Run there: perf script -i perf.data --show-mmap-events --show-task-events --show-lost-events > perf.txt, and send perf.txt.";

    /// <summary>Advice on what is no text at all.</summary>
    public const string Picture = "This is a picture, video or document. Send the text itself: redirect the command's output to a file, for example pmap -X PID > pmap.txt";

    /// <summary>All that are told by their first bytes alone.</summary>
    public static IReadOnlyList<KnownFile> All { get; } =
    [
        new("zstd", [0x28, 0xb5, 0x2f, 0xfd], "This is a zstd file, and the library that unpacks it (libzstd) is not on this machine. Send it unpacked or gzipped: zstd -dc FILE | gzip | curl --data-binary @- …"),
        new("xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], "This is an xz file. Send it unpacked or gzipped: xz -dc FILE | gzip | curl --data-binary @- …"),
        new("bzip2", "BZh"u8.ToArray(), "This is a bzip2 file. Send it unpacked or gzipped: bzip2 -dc FILE | gzip | curl --data-binary @- …"),
        new("archive", [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], "This is a 7z archive. Unpack it and send a tar.gz or zip: 7z x FILE, then tar -czf captures.tar.gz FOLDER"),
        new("archive", "Rar!\x1a\x07"u8.ToArray(), "This is a rar archive. Unpack it and send a tar.gz or zip: unrar x FILE, then tar -czf captures.tar.gz FOLDER"),
        new("perf-data", "PERFILE2"u8.ToArray(), PerfData),
        new("perf-data", "2ELIFREP"u8.ToArray(), PerfData),
        new("memray", "memray\0"u8.ToArray(), Memray),
        new("jvm-dump", "JAVA PROFILE 1.0"u8.ToArray(), "This is a heap dump of a JVM, which holds the objects themselves. Send what the JVM says of its memory: jcmd PID GC.class_histogram > classes.txt, and, where it was started with "
            + "-XX:NativeMemoryTracking=summary, jcmd PID VM.native_memory summary > native.txt"),
        new("jvm-dump", "FLR\0"u8.ToArray(), "This is a recording of the JVM's flight recorder. Send what the JVM says of its memory: jcmd PID GC.class_histogram > classes.txt, and, where it was started with "
            + "-XX:NativeMemoryTracking=summary, jcmd PID VM.native_memory summary > native.txt"),
        new("minidump", "MDMP"u8.ToArray(), "This is a minidump of Windows, which is not read. MemScope reads what Linux says of a process: cat /proc/PID/smaps > smaps.txt"),
        new("picture", [0x89, .. "PNG\r\n\x1a\n"u8], Picture),
        new("picture", [0xff, 0xd8, 0xff], Picture),
        new("picture", "GIF8"u8.ToArray(), Picture),
        new("picture", "II*\0"u8.ToArray(), Picture),
        new("picture", "MM\0*"u8.ToArray(), Picture),
        new("picture", "%PDF-"u8.ToArray(), Picture),
    ];
}
