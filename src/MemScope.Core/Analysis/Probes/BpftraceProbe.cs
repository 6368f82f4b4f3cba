namespace MemScope.Core.Analysis.Probes;

/// <summary>A line per call with its result and stack, by bpftrace.</summary>
internal static class BpftraceProbe
{
    /// <summary>The probe.</summary>
    public static ProbeKind Kind { get; } = new("bpftrace", ProbeKind.Always, Make);

    /// <summary>What bpftrace needs.</summary>
    public static IReadOnlyList<string> Needs { get; } = ["bpftrace 0.17 or later", "root (a root shell)", "tracefs and BTF of the kernel"];

    /// <summary>
    /// The environment of bpftrace: names are looked up while the program still runs; the buffer of each CPU has 4 MiB, since at 256 KiB (the default) a burst of a few hundred stacks is lost.
    /// </summary>
    public const string Environment = "BPFTRACE_CACHE_USER_SYMBOLS=1 BPFTRACE_PERF_RB_PAGES=1024";

    private static Probe Make(ProbeTarget target)
    {
        var file = ProbeParts.File(target, Kind.Slug);
        var sums = CallRate.IsAbove(target, CallRate.ForSums) ? "That is more than lines can be printed for: use bpftrace-sums. " : "";
        return new(Kind.Slug, $"Who maps memory, call by call, for {ProbeParts.TraceSeconds} s", $"{Environment} bpftrace -e {Shell.QuoteScript(Script(target))} > {file} 2>&1", ProbeParts.Upload(target, file, "bpftrace"),
            "Adds some microseconds to each call of mmap, munmap, mremap, brk, mprotect and madvise of this process, and nothing to anything else. Nothing is stopped; when bpftrace ends, its probes are gone.")
        {
            Needs = Needs,
            Why = $"{CallRate.Words(target)}{sums}It sees calls that no malloc hook and no preloaded library sees, with the address that the kernel gave. Stacks follow frame pointers, so the caller of libc's wrapper is missing.",
        };
    }

    // The reader wants "nsecs pid tid comm call key=value …" and the stack behind it. Calls that have no length to remember are told by a map of their own.
    private static string Script(ProbeTarget target) =>
        $$"""

        BEGIN { printf("TRACE-BEGIN %llu pid={{target.Pid}} time=%s\n", nsecs, strftime("%Y-%m-%dT%H:%M:%S.%f%z", nsecs)); }
        tracepoint:syscalls:sys_enter_mmap /pid == {{target.Pid}}/ { @in[tid] = 9; @a[tid] = args->addr; @l[tid] = args->len; @p[tid] = args->prot; @f[tid] = args->flags; @d[tid] = args->fd; }
        tracepoint:syscalls:sys_exit_mmap /@in[tid] == 9/ {
          printf("%llu %d %d %s mmap addr=0x%lx len=%lu prot=0x%x flags=0x%x fd=%d ret=0x%lx\n%s\n", nsecs, pid, tid, comm, @a[tid], @l[tid], @p[tid], @f[tid], (int32)@d[tid], args->ret, ustack(perf));
          delete(@in[tid]);
        }
        tracepoint:syscalls:sys_enter_munmap /pid == {{target.Pid}}/ { @in[tid] = 11; @a[tid] = args->addr; @l[tid] = args->len; }
        tracepoint:syscalls:sys_exit_munmap /@in[tid] == 11/ {
          printf("%llu %d %d %s munmap addr=0x%lx len=%lu ret=0x%lx\n%s\n", nsecs, pid, tid, comm, @a[tid], @l[tid], args->ret, ustack(perf));
          delete(@in[tid]);
        }
        tracepoint:syscalls:sys_enter_mremap /pid == {{target.Pid}}/ { @in[tid] = 25; @a[tid] = args->addr; @l[tid] = args->old_len; @n[tid] = args->new_len; @f[tid] = args->flags; }
        tracepoint:syscalls:sys_exit_mremap /@in[tid] == 25/ {
          printf("%llu %d %d %s mremap addr=0x%lx old_len=%lu new_len=%lu flags=0x%x ret=0x%lx\n%s\n", nsecs, pid, tid, comm, @a[tid], @l[tid], @n[tid], @f[tid], args->ret, ustack(perf));
          delete(@in[tid]);
        }
        tracepoint:syscalls:sys_enter_mprotect /pid == {{target.Pid}}/ { @in[tid] = 10; @a[tid] = args->start; @l[tid] = args->len; @p[tid] = args->prot; }
        tracepoint:syscalls:sys_exit_mprotect /@in[tid] == 10/ {
          printf("%llu %d %d %s mprotect addr=0x%lx len=%lu prot=0x%x ret=0x%lx\n%s\n", nsecs, pid, tid, comm, @a[tid], @l[tid], @p[tid], args->ret, ustack(perf));
          delete(@in[tid]);
        }
        tracepoint:syscalls:sys_enter_madvise /pid == {{target.Pid}}/ { @in[tid] = 28; @a[tid] = args->start; @l[tid] = args->len_in; @p[tid] = args->behavior; }
        tracepoint:syscalls:sys_exit_madvise /@in[tid] == 28/ {
          printf("%llu %d %d %s madvise addr=0x%lx len=%lu behavior=%d ret=0x%lx\n%s\n", nsecs, pid, tid, comm, @a[tid], @l[tid], @p[tid], args->ret, ustack(perf));
          delete(@in[tid]);
        }
        tracepoint:syscalls:sys_exit_brk /pid == {{target.Pid}}/ { printf("%llu %d %d %s brk ret=0x%lx\n%s\n", nsecs, pid, tid, comm, args->ret, ustack(perf)); }
        interval:s:{{ProbeParts.TraceSeconds}} { exit(); }
        END { printf("TRACE-END %llu\n", nsecs); clear(@in); clear(@a); clear(@l); clear(@p); clear(@f); clear(@d); clear(@n); }

        """;
}
