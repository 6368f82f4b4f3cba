using MemScope.Core.Analysis.Callchains;
using MemScope.Core.Formats;
using MemScope.Core.Formats.Bpftrace;
using MemScope.Core.Formats.Gdb;
using MemScope.Core.Formats.Perf;
using MemScope.Core.Formats.Strace;
using MemScope.Core.Model;
using MemScope.Tests.Traces;

namespace MemScope.Tests.Callchains;

/// <summary>Motifs and qualities of real stacks; what is expected comes from the text of the captures and from how they were made.</summary>
public sealed class MotifTests
{
    /// <summary>Length of the chunks by which UCX's pool grows; truth.json of ucx-leak names it.</summary>
    private const ulong ChunkBytes = 151_552;

    [Theory]
    [InlineData("bpftrace/ucx-leak.txt.gz")]
    [InlineData("bpftrace/ucx-leak-2.txt.gz")]
    [InlineData("bpftrace/ucx-leak.json.gz")]
    [InlineData("perf/ucx-leak.txt.gz")]
    [InlineData("strace/ucx-leak.txt.gz")]
    [InlineData("gdb/ucx-leak.txt.gz")]
    public void The_chunks_of_ucx_are_mapped_beneath_a_release_and_past_libc(string fixture)
    {
        var trace = Assert.Single(Read(fixture).Traces);
        var chunks = trace.Events.Where(e => e is { Call: MemoryCall.Mmap, Length: ChunkBytes, Callchain: >= 0 }).Select(e => e.Callchain).Distinct().ToList();

        Assert.NotEmpty(chunks);
        Assert.All(chunks, c =>
        {
            var frames = Named(trace.Callchains[c]);
            var motifs = Motifs.In(frames);
            // strace leaves libc's own frame without a name here, and nothing is told by an offset.
            Assert.Equal(frames[0].Function is null ? [MotifKind.MapBeneathRelease] : [MotifKind.MapBeneathRelease, MotifKind.RawSyscall], motifs.Select(m => m.Kind));
            Assert.Equal(frames.ToList().FindLastIndex(f => f.Function is not null && f.Function.Contains("munmap", StringComparison.Ordinal)), motifs[0].Frames[^1]);
        });
    }

    [Theory]
    [InlineData("perf/ucx-leak.txt.gz")]
    [InlineData("strace/ucx-leak.txt.gz")]
    public void Mappings_that_the_program_makes_for_itself_are_beneath_no_release(string fixture)
    {
        var trace = Assert.Single(Read(fixture).Traces);
        var own = trace.Events.Where(e => e is { Call: MemoryCall.Mmap, Callchain: >= 0 } && e.Length != ChunkBytes).Select(e => trace.Callchains[e.Callchain]).Distinct().Where(c => c.Frames.All(f => f.Function is null || !f.Function.Contains("unmap", StringComparison.Ordinal))).ToList();

        Assert.NotEmpty(own);
        Assert.All(own, c => Assert.DoesNotContain(Motifs.In(Named(c)), m => m.Kind == MotifKind.MapBeneathRelease));
    }

    [Theory]
    [InlineData("perf/steady-healthy.txt.gz")]
    [InlineData("bpftrace/malloc-leak-cpp.txt.gz")]
    [InlineData("strace/malloc-leak-cpp.txt.gz")]
    public void A_program_that_maps_by_malloc_alone_shows_no_motif(string fixture)
    {
        var trace = Assert.Single(Read(fixture).Traces);
        var mapping = trace.Events.Where(e => e is { Call: MemoryCall.Mmap or MemoryCall.Brk or MemoryCall.Mremap, Callchain: >= 0 }).Select(e => e.Callchain).Distinct().ToList();

        Assert.NotEmpty(mapping);
        Assert.All(mapping, c => Assert.Empty(Motifs.In(Named(trace.Callchains[c]))));
    }

    [Fact]
    public void A_total_counts_stacks_calls_and_bytes_heaviest_first()
    {
        var beneath = Motifs.In([Frame("mmap", "/usr/lib/libc.so.6"), Frame("grow", "/lib/libpool.so"), Frame("munmap", "/lib/libpool.so")]);
        var raw = Motifs.In([Frame("syscall", "/usr/lib/libc.so.6"), Frame("grow", "/bin/app")]);
        var both = Motifs.In([Frame("syscall", "/usr/lib/libc.so.6"), Frame("pool_free", "/bin/app")]);

        var total = Motifs.Total([(beneath, 3, 100), (raw, 5, 1000), (both, 7, 10)]);

        Assert.Equal([(MotifKind.RawSyscall, 2, 12L, 1010L), (MotifKind.MapBeneathRelease, 2, 10L, 110L)], total.Select(m => (m.Kind, m.Stacks, m.Calls, m.Bytes)));
        Assert.Contains("munmap", total[1].Words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("runtime.mmap", "/bin/go-program", true)]
    [InlineData(null, "/bin/app", true)]
    [InlineData("__mmap", "/bin/static-program", false)]
    [InlineData("mmap64", "/usr/lib/libc.so.6", false)]
    [InlineData(null, "/lib/ld-musl-x86_64.so.1", false)]
    [InlineData("grow", null, false)]
    [InlineData("compiled", "[jit]", false)]
    [InlineData("gettime", "[vdso]", false)]
    public void A_system_call_outside_libc_is_told_by_the_leafs_module(string? function, string? module, bool isInline) =>
        Assert.Equal(isInline, Motifs.In([Frame(function, module), Frame("main", "/bin/app")]).Any(m => m.Kind == MotifKind.InlineSyscall));

    [Fact]
    public void A_symbol_called_syscall_outside_libc_is_no_wrapper_of_libc()
    {
        Assert.DoesNotContain(Motifs.In([Frame("syscall", "/bin/app")]), m => m.Kind == MotifKind.RawSyscall);
        Assert.Contains(Motifs.In([Frame("mmap", "/usr/lib/libc.so.6"), Frame("on_segv", "/bin/app"), Frame("<signal handler called>", null), Frame("work", "/bin/app")]), m => m is { Kind: MotifKind.MapInSignalHandler, Frames: [1, 2] });
    }

    [Theory]
    [InlineData("free", FrameRole.Releases)]
    [InlineData("_int_free", FrameRole.Releases)]
    [InlineData("PyMem_RawFree", FrameRole.Releases)]
    [InlineData("operator delete(void*, unsigned long)", FrameRole.Releases)]
    [InlineData("std::__new_allocator<int>::deallocate(int*, unsigned long)", FrameRole.Releases)]
    [InlineData("ucm_munmap", FrameRole.Releases)]
    [InlineData("__GI___munmap", FrameRole.Releases)]
    [InlineData("ucm_orig_mmap_syscall", FrameRole.Maps)]
    [InlineData("mmap64", FrameRole.Maps)]
    [InlineData("__glibc_morecore", FrameRole.Maps)]
    [InlineData("syscall", FrameRole.Maps)]
    [InlineData("(anonymous namespace)::release::free(int)", FrameRole.Releases)]
    [InlineData("operator new(unsigned long)", FrameRole.None)]
    [InlineData("freeze", FrameRole.None)]
    [InlineData("freeaddrinfo", FrameRole.None)]
    [InlineData("get_free_page", FrameRole.None)]
    [InlineData("std::vector<free, munmap>::push_back(free&&)", FrameRole.None)]
    [InlineData("decode_step", FrameRole.None)]
    [InlineData("", FrameRole.None)]
    [InlineData(null, FrameRole.None)]
    public void The_role_of_a_function_is_read_in_whole_words_of_its_name(string? function, FrameRole role) => Assert.Equal(role, FrameRoles.Of(function));

    [Theory]
    [InlineData("bpftrace/raw-mmap-leak.txt.gz", StackQualityKind.Gap)]
    [InlineData("perf/raw-mmap-leak.txt.gz", StackQualityKind.Gap)]
    [InlineData("perf/raw-mmap-leak-dwarf.txt.gz", StackQualityKind.Complete)]
    [InlineData("strace/raw-mmap-leak.txt.gz", StackQualityKind.Complete)]
    [InlineData("gdb/raw-mmap-leak.txt.gz", StackQualityKind.Complete)]
    public void Only_a_walk_by_frame_pointers_leaves_a_gap_behind_libcs_wrappers(string fixture, StackQualityKind kind)
    {
        var trace = Assert.Single(Read(fixture).Traces);
        var unwinder = Unwinding.Of(trace).Unwinder;

        Assert.All(trace.Callchains, c => Assert.Equal(kind, StackQuality.Of(Named(c), unwinder).Kind));
    }

    /// <summary>ucx is built with frame pointers and its stacks reach libc; where libc's malloc maps, the walk ends at once.</summary>
    [Fact]
    public void A_walk_that_ends_in_libcs_malloc_is_cut()
    {
        var trace = Assert.Single(Read("bpftrace/malloc-leak-cpp.txt.gz").Traces);

        Assert.All(trace.Callchains.Where(c => c.Frames.All(f => f.Function is not "main" and not "__libc_start_call_main")), c => Assert.Equal(StackQualityKind.Cut, StackQuality.Of(Named(c), Unwinder.FramePointers).Kind));
        Assert.Contains(trace.Callchains, c => c.Frames.All(f => f.Function is not "main" and not "__libc_start_call_main"));
    }

    [Fact]
    public void Each_fault_of_a_stack_has_its_kind_and_its_words()
    {
        NamedFrame[] whole = [Frame("mmap64", "/usr/lib/libc.so.6"), Frame("work", "/bin/app"), Frame("main", "/bin/app")];
        NamedFrame[] cut = [.. whole[..2]];
        NamedFrame[] nameless = [Frame("mmap64", "/usr/lib/libc.so.6"), Frame(null, "/lib/a.so"), Frame(null, "/lib/a.so"), Frame("main", "/bin/app")];

        Assert.Equal((StackQualityKind.Complete, 100), Judge(whole, Unwinder.Tables));
        Assert.Equal(StackQualityKind.Gap, Judge(whole, Unwinder.FramePointers).Kind);
        Assert.Equal(StackQualityKind.Cut, Judge(cut, Unwinder.Tables).Kind);
        Assert.Contains("limit of 2 frames", StackQuality.Of(cut, Unwinder.Tables, limit: 2).Words, StringComparison.Ordinal);
        Assert.Equal(StackQualityKind.Complete, Judge(nameless, Unwinder.Tables).Kind);
        Assert.Equal(StackQualityKind.Unresolved, Judge([.. nameless[1..], nameless[1]], Unwinder.Tables).Kind);
        Assert.Equal(StackQualityKind.Bypass, Judge([Frame("syscall", "/usr/lib/libc.so.6")], Unwinder.FramePointers).Kind);
        Assert.Equal(StackQualityKind.Cut, Judge([Frame("syscall", "/bin/app")], Unwinder.FramePointers).Kind);
        Assert.Equal(StackQualityKind.None, Judge([], Unwinder.FramePointers).Kind);
        Assert.True(Judge([.. whole[..1], whole[1] with { IsDoubtful = true }, whole[2]], Unwinder.Tables).Score < 100);
    }

    [Fact]
    public void A_limit_shows_where_several_stacks_are_cut_at_the_greatest_depth()
    {
        NamedFrame[] one = [Frame("mmap", "c"), Frame("a", "c"), Frame("b", "c")], two = [Frame("mmap", "c"), Frame("x", "c"), Frame("y", "c")], whole = [Frame("mmap", "c"), Frame("a", "c"), Frame("main", "c")];

        Assert.Equal(3, StackQuality.LimitOf([one, two, whole]));
        Assert.Null(StackQuality.LimitOf([one, whole]));
        Assert.Null(StackQuality.LimitOf([one, two, [Frame("mmap", "c"), .. whole]]));
    }

    [Fact]
    public void The_qualities_of_a_trace_are_weighed_by_calls_and_bytes()
    {
        var all = StackQualities.Of(default, [(StackQualityKind.Gap, 2, 10), (StackQualityKind.Complete, 3, 100), (StackQualityKind.Gap, 5, 1)]);

        Assert.Equal([(StackQualityKind.Complete, 1, 3L, 100L), (StackQualityKind.Gap, 2, 7L, 11L)], all.Shares.Select(s => (s.Kind, s.Stacks, s.Calls, s.Bytes)));
        Assert.Equal((10L, 111L), (all.Calls, all.Bytes));
    }

    private static (StackQualityKind Kind, int Score) Judge(NamedFrame[] frames, Unwinder unwinder) => StackQuality.Of(frames, unwinder) is var quality ? (quality.Kind, quality.Score) : default;

    private static NamedFrame Frame(string? function, string? module) => new(function, module);

    private static IReadOnlyList<NamedFrame> Named(Callchain chain) => [.. chain.Frames.Select(f => new NamedFrame(f.Function, f.Module) { Inlined = f.Inlined })];

    private static ParsedCapture Read(string fixture) => TraceFixtures.Read(
        fixture.Split('/')[0] switch
        {
            "strace" => StraceFormat.Format,
            "perf" => PerfFormats.Script,
            "gdb" => GdbFormat.Format,
            _ => fixture.Contains(".json", StringComparison.Ordinal) ? BpftraceFormat.Json : BpftraceFormat.Format,
        }, fixture);
}
