namespace MemScope.Core.Analysis.Probes;

/// <summary>What is mapped and not unmapped, added up by stack in the kernel.</summary>
internal static class BpftraceSumsProbe
{
    // Blocks that are mapped at one time and keys of the sums. A leak of 150 KiB blocks has 65,536 of them at 9 GiB.
    private const int MostBlocks = 65_536;

    /// <summary>The probe.</summary>
    public static ProbeKind Kind { get; } = new("bpftrace-sums", ProbeKind.Always, Make);

    private static Probe Make(ProbeTarget target)
    {
        var file = ProbeParts.File(target, Kind.Slug);
        // The name of the variable changed with bpftrace 0.19; the other one is passed over.
        var command = $"{BpftraceProbe.Environment} BPFTRACE_MAP_KEYS_MAX={MostBlocks} BPFTRACE_MAX_MAP_KEYS={MostBlocks} bpftrace -e {Shell.QuoteScript(Script(target))} > {file} 2>&1";
        return new(Kind.Slug, $"Who maps memory and does not unmap it, in sums, for {ProbeParts.TraceSeconds} s", command, ProbeParts.Upload(target, file, "bpftrace"),
            "Adds a few microseconds to each call of mmap, munmap and mremap of this process. Sums stay in the kernel and are printed once, so nothing piles up however many calls there are. Takes about 30 MB of kernel memory while it runs.")
        {
            Needs = BpftraceProbe.Needs,
            Why = $"{CallRate.Words(target)}For high rates: no line is lost, because none is printed. It tells bytes by callchain and length, less what was unmapped whole, but no times and no addresses, so it does not join single regions.",
        };
    }

    // PROT_NONE is a reserve, not memory. A block that is mapped over another one, or unmapped in part, ends here: the sums are of whole blocks.
    private static string Script(ProbeTarget target) =>
        $$"""

        BEGIN { printf("TRACE-BEGIN %llu pid={{target.Pid}} time=%s\n", nsecs, strftime("%Y-%m-%dT%H:%M:%S.%f%z", nsecs)); }
        tracepoint:syscalls:sys_enter_mmap /pid == {{target.Pid}} && args->prot != 0/ { @len[tid] = args->len; }
        tracepoint:syscalls:sys_exit_mmap /@len[tid]/ {
          $len = @len[tid];
          delete(@len[tid]);
          if (args->ret > 0) {
            if (@size[args->ret]) { @live_bytes[@site[args->ret], @size[args->ret]] = sum(0 - @size[args->ret]); }
            @site[args->ret] = ustack(perf);
            @size[args->ret] = $len;
            @live_bytes[ustack(perf), $len] = sum($len);
            @mapped_bytes[ustack(perf), $len] = stats($len);
          }
        }
        tracepoint:syscalls:sys_enter_munmap /pid == {{target.Pid}} && @size[args->addr]/ {
          @live_bytes[@site[args->addr], @size[args->addr]] = sum(0 - @size[args->addr]);
          delete(@site[args->addr]);
          delete(@size[args->addr]);
        }
        tracepoint:syscalls:sys_enter_mremap /pid == {{target.Pid}} && @size[args->addr]/ { @old[tid] = args->addr; @new[tid] = args->new_len; }
        tracepoint:syscalls:sys_exit_mremap /@old[tid]/ {
          $old = @old[tid];
          delete(@old[tid]);
          if (args->ret > 0) {
            @live_bytes[@site[$old], @size[$old]] = sum(0 - @size[$old]);
            @live_bytes[@site[$old], @new[tid]] = sum(@new[tid]);
            @site[args->ret] = @site[$old];
            @size[args->ret] = @new[tid];
            if ((uint64)args->ret != $old) { delete(@site[$old]); delete(@size[$old]); }
          }
        }
        interval:s:{{ProbeParts.TraceSeconds}} { exit(); }
        END { printf("TRACE-END %llu\n", nsecs); time("%H:%M:%S\n"); clear(@len); clear(@site); clear(@size); clear(@old); clear(@new); }

        """;
}
