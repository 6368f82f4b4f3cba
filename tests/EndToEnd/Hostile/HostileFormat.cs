using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Hostile;

/// <summary>How a format writes a string: what has to be done to a payload so that it stays within its field where the format has a way to say so.</summary>
internal enum Writing
{
    /// <summary>As it is: a line that a payload breaks is a broken line.</summary>
    Plain,
    /// <summary>As the kernel writes names of mappings: a line break is <c>\012</c>.</summary>
    Proc,
    /// <summary>Escaped as JSON; single bytes as lone surrogates.</summary>
    Json,
    /// <summary>Escaped as XML.</summary>
    Xml,
    /// <summary>Quotes doubled, in cells that are quoted.</summary>
    Csv,
    /// <summary>Behind its length in hex.</summary>
    Sized,
    /// <summary>Strings of a protobuf message.</summary>
    Protobuf,
}

/// <summary>A format, a real capture of it, and the fields of it that a process can write into.</summary>
/// <param name="Slug">Its slug.</param>
/// <param name="Fixture">Path of the capture below tests/fixtures.</param>
/// <param name="Writing">How it writes strings.</param>
/// <param name="Fields">What the parser reads from it that comes out of the file as it is. Figures and kinds whose words the parser knows are not among them.</param>
internal sealed record HostileFormat(string Slug, string Fixture, Writing Writing, params FieldKind[] Fields)
{
    private const FieldKind Mapping = FieldKind.Mapping, Module = FieldKind.Module, Function = FieldKind.Function, Source = FieldKind.File, Comm = FieldKind.Comm, Command = FieldKind.Command, Label = FieldKind.Label,
        Site = FieldKind.Site, BuildId = FieldKind.BuildId;

    /// <summary>All formats.</summary>
    public static IReadOnlyList<HostileFormat> All { get; } =
    [
        new("heaptrack", "heaptrack/leak.txt", Writing.Sized, Module, Function, Source, Command),
        new("massif", "massif/malloc-leak.massif.out.gz", Writing.Plain, Module, Function, Source, Command),
        new("memcheck-xml", "memcheck-xml/lost.all.xml", Writing.Xml, Module, Function, Source, Command),
        new("memcheck", "memcheck/lost.all.txt", Writing.Plain, Module, Function, Source, Command),
        new("pprof", "pprof/heap.pb", Writing.Protobuf, Module, Function, Source),
        new("jemalloc-heap", "jemalloc-heap/every.heap", Writing.Proc, Module),
        new("heap-profile", "heap-profile/go.txt", Writing.Plain, Function, Source),
        new("jemalloc-stats", "jemalloc-stats/brief.txt", Writing.Plain),
        new("go-memstats", "go-memstats/vars.txt", Writing.Json),
        new("dhat", "dhat/lost.dhat.json", Writing.Json, Module, Function, Source, Command),
        new("speedscope", "speedscope/malloc-leak.speedscope.json", Writing.Json, Function, Source, Label),
        new("sanitizer", "sanitizer/lost.lsan-clang-plain.log", Writing.Plain, Module, BuildId),
        new("sanitizer", "sanitizer/lost.asan-gcc-errors.log", Writing.Plain, Function, Source),
        new("smaps", "smaps/odd-maps.smaps.txt.gz", Writing.Proc, Mapping),
        new("maps", "smaps/odd-maps.maps.txt", Writing.Proc, Mapping),
        new("smaps-rollup", "smaps/odd-maps.smaps_rollup.txt", Writing.Proc),
        new("status", "status/odd-maps.status.txt", Writing.Proc, Comm),
        new("malloc-info", "malloc-info/arenas.xml", Writing.Xml),
        new("malloc-stats", "malloc-stats/arenas.txt", Writing.Plain),
        new("jvm-nmt", "jvm-nmt/detail.txt.gz", Writing.Plain, Function, Label, Site),
        new("jvm-histogram", "jvm-histogram/class_histogram.txt", Writing.Plain, Function),
        new("nvidia-smi-xml", "nvidia-smi/made.xml", Writing.Xml, Label, Command),
        new("nvidia-smi", "nvidia-smi/made-apps.csv", Writing.Plain, Label, Command),
        new("memray-stats", "memray/made-stats.json.gz", Writing.Json, Function, Source, Command, Site),
        new("memray-gprof2dot", "memray/made-gprof2dot.json.gz", Writing.Json, Function, Source),
        new("memray-csv", "memray/made.csv", Writing.Csv, Function, Source, Site),
        new("guppy", "guppy/made.txt", Writing.Plain, Function, Label),
        new("tracemalloc", "tracemalloc/lineno.txt", Writing.Plain, Source),
        new("perf-map", "perf-map/perf-2966.map", Writing.Plain, Function),
        new("stat", "stat/odd-name.stat", Writing.Proc, Comm),
        new("statm", "statm/odd-name.statm", Writing.Plain),
        new("meminfo", "meminfo/machine.meminfo.txt", Writing.Plain),
        new("vmstat", "vmstat/machine.vmstat.txt", Writing.Plain),
        new("cgroup", "cgroup/v1.grep.txt", Writing.Plain, Label),
        new("bpftrace", "bpftrace/raw-mmap-leak.txt.gz", Writing.Plain, Module, Function, Comm),
        new("bpftrace-json", "bpftrace/raw-mmap-leak.json.gz", Writing.Json, Module, Function, Label),
        new("strace", "strace/cut-stacks.txt", Writing.Plain, Module, Function),
        new("memleak", "memleak/example-redis.txt", Writing.Plain, Module, Function),
        new("gdb", "gdb/raw-mmap-leak.txt.gz", Writing.Plain, Mapping, Module, Function, Source),
        new("perf", "perf/threads.txt.gz", Writing.Plain, Module, Function, Comm, Site),
        new("perf-trace", "perf/trace-threads.txt.gz", Writing.Plain, Module, Function, Comm),
        new("perf-buildids", "perf/buildids.txt", Writing.Plain, Module),
        new("pmap", "pmap/two-processes.pmap-x.txt", Writing.Proc, Mapping, Command),
        new("folded", "folded/malloc-leak.leaked.folded", Writing.Plain, Function),
        new("mixed", "mixed/date-status-smaps-pmap.txt.gz", Writing.Proc, Mapping, Comm, Command),
    ];

    /// <summary>The capture as it lies in the fixtures, unpacked.</summary>
    public byte[] Capture() => Fixture.EndsWith(".gz", StringComparison.Ordinal) ? Fixtures.Unzipped(Fixture.Split('/')) : Fixtures.Bytes(Fixture.Split('/'));

    /// <inheritdoc/>
    public override string ToString() => Fixture;
}
