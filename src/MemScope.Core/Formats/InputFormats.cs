using MemScope.Core.Formats.Bpftrace;
using MemScope.Core.Formats.Dhat;
using MemScope.Core.Formats.Folded;
using MemScope.Core.Formats.Framing;
using MemScope.Core.Formats.Gdb;
using MemScope.Core.Formats.Glibc;
using MemScope.Core.Formats.GoMemstats;
using MemScope.Core.Formats.Heaptrack;
using MemScope.Core.Formats.Jemalloc;
using MemScope.Core.Formats.Jvm;
using MemScope.Core.Formats.Kernel;
using MemScope.Core.Formats.LegacyHeap;
using MemScope.Core.Formats.Massif;
using MemScope.Core.Formats.Memcheck;
using MemScope.Core.Formats.Memleak;
using MemScope.Core.Formats.Nvidia;
using MemScope.Core.Formats.Perf;
using MemScope.Core.Formats.PerfMaps;
using MemScope.Core.Formats.Pmap;
using MemScope.Core.Formats.Pprof;
using MemScope.Core.Formats.Python;
using MemScope.Core.Formats.Sanitizer;
using MemScope.Core.Formats.Smaps;
using MemScope.Core.Formats.Speedscope;
using MemScope.Core.Formats.Status;
using MemScope.Core.Formats.Strace;

namespace MemScope.Core.Formats;

/// <summary>All formats that MemScope reads, in sniffing order.</summary>
public static class InputFormats
{
    /// <summary>How much of a decoded file is looked at: 64 KiB.</summary>
    public const int HeadBytes = 64 << 10;

    /// <summary>The registry. One line per format.</summary>
    public static IReadOnlyList<InputFormat> All { get; } =
    [
        HeaptrackFormat.Format,
        MassifFormat.Format,
        MemcheckFormat.Xml,
        MemcheckFormat.Text,
        PprofFormat.Format,
        JemallocFormats.Heap,
        LegacyHeapFormat.Format,
        JemallocFormats.Stats,
        GoMemstatsFormat.Format,
        DhatFormat.Format,
        SpeedscopeFormat.Format,
        SanitizerFormat.Format,
        SmapsFormats.Smaps,
        SmapsFormats.Maps,
        SmapsFormats.Rollup,
        StatusFormat.Format,
        GlibcFormats.MallocInfo,
        GlibcFormats.MallocStats,
        JvmFormats.Nmt,
        JvmFormats.Histogram,
        NvidiaFormats.Xml,
        NvidiaFormats.Csv,
        PythonFormats.MemrayStats,
        PythonFormats.MemrayGprof,
        PythonFormats.MemrayCsv,
        PythonFormats.Guppy,
        PythonFormats.Tracemalloc,
        PerfMapFormat.Format,
        KernelFormats.Stat,
        KernelFormats.Statm,
        KernelFormats.Meminfo,
        KernelFormats.Vmstat,
        KernelFormats.Cgroup,
        BpftraceFormat.Format,
        BpftraceFormat.Json,
        StraceFormat.Format,
        MemleakFormat.Format,
        GdbFormat.Format,
        PerfFormats.Script,
        PerfFormats.Trace,
        PerfFormats.BuildIds,
        PmapFormat.Format,
        FoldedFormat.Format,
        MixedFormat.Format,
    ];

    /// <summary>The first format that recognises the first bytes of a decoded file, or null.</summary>
    /// <param name="head">Its first bytes.</param>
    /// <param name="fileName">Its name. It is looked at only where the content cannot tell: a file that holds one number.</param>
    public static InputFormat? Sniff(ReadOnlySpan<byte> head, string? fileName = null)
    {
        head = head[..Math.Min(head.Length, HeadBytes)];
        foreach (var format in All)
            if (format.Sniff(head)) return format;
        return CgroupFile.IsNumberFile(head, fileName) ? KernelFormats.Cgroup : null;
    }

    /// <summary>The format of a slug, or null.</summary>
    public static InputFormat? Find(string slug) => All.FirstOrDefault(f => f.Slug == slug);
}
