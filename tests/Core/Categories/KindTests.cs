using MemScope.Core.Analysis.Categories;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>What runtimes, allocators and drivers look like: lines that were captured from them, or that are quoted in public issues.</summary>
public sealed class KindTests
{
    [Fact]
    public void Go_1_19() => AssertKinds("""
        00400000-00482000 r-xp 00000000 fe:00 1291844                            /tmp/g
        00482000-00524000 r--p 00082000 fe:00 1291844                            /tmp/g
        00524000-0053f000 rw-p 00124000 fe:00 1291844                            /tmp/g
        0053f000-00573000 rw-p 00000000 00:00 0
        c000000000-c001800000 rw-p 00000000 00:00 0
        c001800000-c004000000 ---p 00000000 00:00 0
        7fda3843f000-7fda3a800000 rw-p 00000000 00:00 0
        7fda3ac07000-7fda4b180000 ---p 00000000 00:00 0
        """, "elf text", "elf rodata", "elf data", "elf bss", "go heap", "go heap reserve", "unnamed", "reserve");

    [Fact]
    public void Java_25_with_256_MiB_of_heap() => AssertKinds("""
        f0000000-ffe00000 rw-p 00000000 00:00 0
        ffe00000-ffe75000 rw-p 00cf0000 fe:00 1450217                            /usr/lib/jvm/temurin-25-jdk-amd64/lib/server/classes.jsa
        ffe75000-fff00000 rw-p 00000000 00:00 0
        561af196c000-561af19b3000 rw-p 00000000 00:00 0                          [heap]
        7f1dd4000000-7f1dd4021000 rw-p 00000000 00:00 0
        7f1dd4021000-7f1dd8000000 ---p 00000000 00:00 0
        7f1e00080000-7f1e00140000 rw-p 00000000 00:00 0
        7f1e00140000-7f1e40000000 ---p 00000000 00:00 0
        7f1e5d400000-7f1e5d670000 rwxp 00000000 00:00 0
        7f1e5d670000-7f1e64938000 ---p 00000000 00:00 0
        7f1e7866d000-7f1e78671000 ---p 00000000 00:00 0
        7f1e78671000-7f1e7876d000 rw-p 00000000 00:00 0
        7f1e79000000-7f1e7a000000 r-xp 00000000 fe:00 1450219                    /usr/lib/jvm/temurin-25-jdk-amd64/lib/server/libjvm.so
        """, "java heap", "java class archive", "java heap", "brk heap", "malloc arena", "arena reserve", "java heap or metaspace", "jvm reserve", "jvm code cache", "jvm reserve", "guard", "thread stack", "elf text");

    [Fact]
    public void Node_20() => AssertKinds("""
        00400000-00b58000 r--p 00000000 fe:00 1353621                            /usr/bin/node
        00b58000-01e00000 r-xp 00758000 fe:00 1353621                            /usr/bin/node
        1506d000-15363000 rw-p 00000000 00:00 0                                  [heap]
        32b1580000-32b15c0000 rw-p 00000000 00:00 0
        5879640000-5879680000 rw-p 00000000 00:00 0
        16602680000-166026c0000 rw-p 00000000 00:00 0
        336c72c0000-336c7325000 rw-p 00000000 00:00 0
        7f2ae0000000-7f2ae0080000 rwxp 00000000 00:00 0
        7f2ae0080000-7f2b00000000 ---p 00000000 00:00 0
        """, "elf rodata", "elf text", "brk heap", "v8 heap", "v8 heap", "v8 heap", "unnamed", "v8 code", "reserve");

    [Fact]
    public void Python_3_11() => AssertKinds("""
        55d445f9b000-55d446220000 r-xp 00000000 fe:00 1349016                    /usr/bin/python3.11
        7f0081e54000-7f0082eaa000 rw-p 00000000 00:00 0
        7f0082eab000-7f0082fab000 rw-p 00000000 00:00 0
        7f0083dee000-7f00844ee000 rw-p 00000000 00:00 0
        7f008459f000-7f008509f000 rw-p 00000000 00:00 0
        """, "elf text", "unnamed", "python arena", "python arena", "python arena");

    /// <summary>ethminer#899, gvisor#9827, criu#2515.</summary>
    [Fact]
    public void Cuda() => AssertKinds("""
        200000000-200200000 ---p 00000000 00:00 0
        200200000-200400000 rw-s 00000000 00:06 564                              /dev/nvidiactl
        200400000-203c00000 ---p 00000000 00:00 0
        10000000000-10204000000 ---p 00000000 00:00 0
        7f2f00000000-7f2f00200000 rw-s 00000000 00:06 583                        /dev/nvidia-uvm
        7f2f00200000-7f2f00201000 rw-s 00000000 00:06 565                        /dev/nvidia0
        7f2f10000000-7f2f10400000 r-xp 00000000 fe:00 99                         /usr/lib/x86_64-linux-gnu/libcuda.so.535.104.05
        """, "reserve", "nvidia driver", "reserve", "gpu address space", "nvidia driver", "nvidia driver", "elf text");

    [Fact]
    public void Allocators_are_guessed_where_they_are_loaded()
    {
        const string Row = "\n2000-4000 rw-p 4\n4001-4401 rw-p 4\n5000-5001 rw-p 4";
        AssertKindsOf("100-110 r-xp 4 /lib/libjemalloc.so.2" + Row, "elf text", "jemalloc", "jemalloc", "unnamed");
        AssertKindsOf("100-110 r-xp 4 /lib/libtcmalloc_minimal.so.4" + Row, "elf text", "tcmalloc", "tcmalloc", "unnamed");
        AssertKindsOf("100-110 r-xp 4 /lib/libmimalloc.so.2.1" + Row, "elf text", "mimalloc", "unnamed", "unnamed");
        AssertKindsOf("100-110 r-xp 4 /lib/libother.so" + Row, "elf text", "unnamed", "unnamed", "unnamed");
    }

    [Fact]
    public void A_pattern_that_needs_several_mappings_is_none_with_fewer()
    {
        AssertKindsOf("100-110 r-xp 4 /usr/bin/python3.12\n1001-1101 rw-p 4\n2001-2201 rw-p 4\n3001-3101 rw-p 4", "elf text", "python arena", "python arena", "python arena");
        AssertKindsOf("100-110 r-xp 4 /usr/bin/python3.12\n1001-1101 rw-p 4\n2001-2201 rw-p 4\n3001-3102 rw-p 4", "elf text", "unnamed", "unnamed", "unnamed");
    }

    [Fact]
    public void A_full_heap_is_told_where_there_are_arenas()
    {
        AssertKindsOf("4000-8000 rw-p 4\n100000-100021 rw-p 4\n100021-104000 ---p 0", "full malloc heap", "malloc arena", "arena reserve");
        AssertKindsOf("4000-8000 rw-p 4", "unnamed");
    }

    [Fact]
    public void Many_small_mappings_of_one_size_above_guards_are_stacks()
    {
        var eight = Enumerable.Range(1, 8).Select(i => $"{i}0000-{i}0001 ---p 0\n{i}0001-{i}0021 rw-p 4").ToList();

        AssertKindsOf(string.Join('\n', eight), [.. Enumerable.Repeat(new[] { "guard", "fiber stacks" }, 8).SelectMany(k => k)]);
        AssertKindsOf(string.Join('\n', eight.Take(7)), [.. Enumerable.Repeat(new[] { "guard", "unnamed" }, 7).SelectMany(k => k)]);
    }

    [Theory]
    [InlineData("[anon:mimalloc]", "allocator", Confidence.Certain)]
    [InlineData("[anon:jemalloc_pg_overcommit]", "jemalloc", Confidence.Strong)]
    [InlineData("[anon:tcmalloc_region_NORMAL]", "tcmalloc", Confidence.Strong)]
    [InlineData("[anon:rpmalloc Page]", "allocator", Confidence.Certain)]
    [InlineData("[anon:Heap Layer]", "allocator", Confidence.Certain)]
    [InlineData("[anon:OCaml: minor heap 3]", "ocaml heap", Confidence.Certain)]
    [InlineData("[anon: Go: heap]", "go heap", Confidence.Certain)]
    [InlineData("[anon:cpython:pymalloc]", "python arena", Confidence.Certain)]
    [InlineData("[anon:kj_fiber_stack]", "fiber stack", Confidence.Certain)]
    [InlineData("[anon: glibc: malloc]", "malloc chunk", Confidence.Certain)]
    [InlineData("[anon_shmem:pool]", "shared anonymous memory", Confidence.Certain)]
    [InlineData("[anon:something]", "named by its owner", Confidence.Certain)]
    [InlineData("anon_inode:[perf_event]", "perf buffer", Confidence.Certain)]
    [InlineData("anon_inode:bpf-map", "bpf map", Confidence.Certain)]
    [InlineData("anon_inode:kvm-vcpu:0", "kvm", Confidence.Certain)]
    [InlineData("/dev/infiniband/uverbs0", "rdma doorbells", Confidence.Certain)]
    [InlineData("/dev/dri/renderD128", "gpu driver", Confidence.Certain)]
    [InlineData("/dmabuf:", "dma-buf", Confidence.Certain)]
    [InlineData("/dev/shm/torch_1234_5_0 (deleted)", "pytorch shared tensors", Confidence.Certain)]
    [InlineData("/SYSV0000002a (deleted)", "sysv shared memory", Confidence.Certain)]
    [InlineData("/[aio] (deleted)", "kernel object", Confidence.Certain)]
    [InlineData("/home/nvidia-smi.log", "file", Confidence.Certain)]
    public void A_name_tells_the_kind(string name, string kind, Confidence confidence)
    {
        var assignment = Assert.Single(Categorizer.Classify(Maps.Table($"100-200 rw-p 4 {name}")));

        Assert.Equal((kind, confidence), (assignment.Kind, assignment.Confidence));
    }

    [Theory]
    [InlineData("um", "userfaultfd")]
    [InlineData("uw", "userfaultfd")]
    [InlineData("lo", "locked memory")]
    [InlineData("dc", "not inherited by fork")]
    [InlineData("dp", "droppable memory")]
    [InlineData("mg", "mergeable memory")]
    [InlineData("gd", "stack that grows down")]
    [InlineData("ht", "hugetlb")]
    [InlineData("pf", "device memory")]
    [InlineData("ac", "unnamed")]
    public void VmFlags_tell_the_kind(string flag, string kind)
    {
        var builder = new VmaTable.Builder();
        builder.Add(0x100000, 0x140000, VmaPermissions.Read | VmaPermissions.Write, 0, 0, 0, 0, "");
        builder.Set(Metric.Rss, 4);
        builder.SetFlags($"rd wr mr mw me {flag}");

        Assert.Equal(kind, Assert.Single(Categorizer.Classify(builder.Build())).Kind);
    }

    [Fact]
    public void Every_odd_mapping_of_the_case_has_the_kind_that_its_program_made_it_for()
    {
        var vmas = Reading.OfCase("odd-maps", "smaps.tar.gz").Parsed.Snapshots[^1].Vmas;
        var kinds = Categorizer.Classify(vmas).Select((a, row) => (vmas[row].Start, a.Kind)).ToDictionary(a => a.Start, a => a.Kind);

        // Addresses and what they were made for: program.out of the case.
        Assert.Equal("locked memory", kinds[0x7fc51bdcd000]);
        Assert.Equal("not inherited by fork", kinds[0x7fc51bdc5000]);
        Assert.Equal("mergeable memory", kinds[0x7fc51bc83000]);
        Assert.Equal("reserve", kinds[0x7fc51bb83000]);
        Assert.Equal("jit code", kinds[0x7fc51bb81000]);
        Assert.Equal("stack that grows down", kinds[0x7fc51bb7f000]);
        Assert.Equal("droppable memory", kinds[0x7fc51ba6f000]);
        Assert.Equal("in huge pages (thp)", kinds[0x7fc51b200000]);
        Assert.Equal("hugetlb", kinds[0x7fc51ae00000]);
        Assert.Equal("hugetlb", kinds[0x7fc51ac00000]);
        Assert.Equal("io_uring rings", kinds[0x7fc51ba68000]);
        Assert.Equal("sysv shared memory", kinds[0x7fc51bddc000]);
        Assert.Equal("shared anonymous memory", kinds[0x7fc51bdd5000]);
        Assert.Equal("memfd", kinds[0x7fc51bde5000]);
        Assert.Equal("shared file", kinds[0x7fc51bdef000]); // a file called [heap]
    }

    [Fact]
    public void A_reason_cites_the_figures_that_it_saw()
    {
        AssertReasons("4000-4021 rw-p 4\n4021-8000 ---p 0", "malloc arena: 64 MiB aligned, the rest of its 64 MiB reserved (132 KiB in use from 4000000, 63.9 MiB reserved behind)",
            "no access, never touched: the part of a malloc arena not used yet (63.9 MiB)");
        AssertReasons("fff-1000 ---p 0\n1000-1800 rw-p 8", "no access, never touched: a guard directly below writable memory, as stacks have", "a stack's usual size, directly above a guard (8.00 MiB above 4.00 KiB)");
        AssertReasons("100-110 r-xp 4 /lib/libjemalloc.so.2\n2000-4000 rw-p 4", "code of a program or library", "large, in a program that loads this allocator (32.0 MiB, libjemalloc.so.2)");
        AssertReasons("100-200 rw-p 4 [anon:stack_and_tls:77]", "named as a thread's stack by its owner (stack_and_tls:77)");
    }

    private static void AssertReasons(string text, params string[] expected)
    {
        var vmas = Maps.Table(text);
        Assert.Equal(expected, Categorizer.Classify(vmas).Select((a, row) => a.Rule.Explain(vmas[row])));
    }

    private static void AssertKindsOf(string text, params string[] expected) => Assert.Equal(expected, Categorizer.Classify(Maps.Table(text)).Select(a => a.Kind));

    private static void AssertKinds(string maps, params string[] expected) => Assert.Equal(expected, Categorizer.Classify(Assert.Single(Reading.Of(maps, "maps").Snapshots).Vmas).Select(a => a.Kind));
}
