using MemScope.Core.Formats.Containers;
using MemScope.Core.Model;

namespace MemScope.Tests;

public sealed class ToolFileNameTests
{
    [Theory]
    [InlineData("heaptrack", "heaptrack.leak.4711.zst")]
    [InlineData("heaptrack", "heaptrack.leak.4711.raw.zst")]
    [InlineData("heaptrack", "heaptrack.leak.4711.gz")]
    [InlineData("heaptrack", "heaptrack.leak.4711")]
    [InlineData("heaptrack", "heaptrack.python3.11.4711.zst")]
    [InlineData("heaptrack", "2026/heaptrack.leak.4711.zst")]
    [InlineData("massif", "massif.out.4711")]
    [InlineData("massif", "case/massif.out.4711.gz")]
    [InlineData("dhat", "dhat.out.4711")]
    [InlineData("memcheck", "memcheck.4711.txt")]
    [InlineData("memcheck-xml", "memcheck.4711.xml")]
    [InlineData("jemalloc-heap", "jeprof.4711.0.f.heap")]
    [InlineData("jemalloc-heap", "jeprof.4711.12.i12.heap")]
    [InlineData("jemalloc-heap", "my.prefix.4711.3.m3.heap")]
    [InlineData("jemalloc-heap", "jeprof.4711.7.u7.heap.gz")]
    [InlineData("sanitizer", "asan.4711")]
    [InlineData("sanitizer", "asan.server.4711")]
    [InlineData("sanitizer", "/var/log/server.log.4711")]
    public void A_name_that_a_tool_gives_its_file_has_the_process_id(string format, string name) => Assert.Equal(4711, ToolFileName.Pid(name, format));

    [Theory]
    [InlineData("smaps", "0001_1795189259.005.txt")]
    [InlineData("pmap", "pmap.0045.txt")]
    [InlineData("smaps", "smaps.4711")]
    [InlineData("smaps", "massif.out.4711")]
    [InlineData("folded", "heaptrack.leak.4711.zst")]
    [InlineData("heaptrack", "heaptrack.4711.zst")]
    [InlineData("heaptrack", "heaptrack.leak.zst")]
    [InlineData("heaptrack", "heaptrack.leak.0045.zst")]
    [InlineData("heaptrack", "heaptrack.leak.4711.zst.1")]
    [InlineData("heaptrack", "leak.4711.zst")]
    [InlineData("massif", "massif.out")]
    [InlineData("massif", "massif.4711.out")]
    [InlineData("massif", "massif.out.99999999")]
    [InlineData("massif", "massif.out.99999999999999999999")]
    [InlineData("massif", "massif.out.-4711")]
    [InlineData("massif", "massif.out.+4711")]
    [InlineData("massif", "massif.out.٤٧١١")]
    [InlineData("jemalloc-heap", "out.0045.heap")]
    [InlineData("jemalloc-heap", "jeprof.4711.x.i1.heap")]
    [InlineData("jemalloc-heap", "4711.0.f.heap")]
    [InlineData("jemalloc-heap", "jeprof.4711.0.x1.heap")]
    [InlineData("sanitizer", "server.log.1")]
    [InlineData("sanitizer", "server.4711")]
    [InlineData("sanitizer", "log.4711")]
    [InlineData("massif", "massif.out.4711/")]
    [InlineData("massif", "")]
    [InlineData("massif", null)]
    public void Any_other_name_has_none(string format, string? name) => Assert.Null(ToolFileName.Pid(name, format));

    [Fact]
    public void A_heap_profile_keeps_the_number_of_its_name_apart_from_what_it_says_itself()
    {
        var bytes = Fixtures.Bytes("heaptrack", "malloc-leak.zst");

        var named = Reading.Of(bytes, "heaptrack.malloc_leak.4711.zst").Parsed;
        Assert.Equal((null, 4711), (Assert.Single(named.HeapProfiles).Process.Pid, named.HeapProfiles[0].Process.FilePid));
        Assert.Contains(named.Diagnostics, d => d is { Id: "CAPTURE005", Severity: Severity.Info } && d.Text.StartsWith("4711 ", StringComparison.Ordinal));
        Assert.DoesNotContain(Reading.Of(bytes, "malloc-leak.zst").Parsed.Diagnostics, d => d.Id == "CAPTURE005");

        var archived = Reading.Of(Packing.Tar(("case/heaptrack.malloc_leak.4711.zst", bytes), ("proc/12/heaptrack.malloc_leak.4711.zst", bytes))).Parsed.HeapProfiles;
        Assert.Equal([(null, 4711), (12, null)], archived.Select(p => (p.Process.Pid, p.Process.FilePid)));

        var memcheck = Reading.Of(Fixtures.Bytes("leak-oracle", "leak.memcheck.txt"), "memcheck.4711.txt").Parsed.HeapProfiles[0].Process;
        Assert.NotNull(memcheck.Pid);
        Assert.Null(memcheck.FilePid);
    }
}
