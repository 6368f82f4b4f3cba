namespace MemScope.Core.Analysis.Probes;

/// <summary>Every mmap and mremap, whoever calls it, by gdb at the system call itself.</summary>
internal static class GdbCatchProbe
{
    /// <summary>The probe.</summary>
    public static ProbeKind Kind { get; } = new("gdb-catch", ProbeKind.Always, Make);

    private static Probe Make(ProbeTarget target)
    {
        var file = ProbeParts.File(target, Kind.Slug);
        return new(Kind.Slug, $"Who maps memory: whole stacks of the first {GdbProbe.MostHits} calls", GdbProbe.Run(target, Kind.Slug, Script, file), ProbeParts.Upload(target, file, "gdb"),
            GdbProbe.Risk + " Every other system call of every thread is stopped twice as well, for some 20 microseconds.")
        {
            Needs = GdbProbe.Needs,
            Why = CallRate.Words(target) + "Where stacks by frame pointers end early and perf is not to be had: every frame, inlined ones too, of every mmap and mremap.",
        };
    }

    // A catchpoint stops at the beginning of a call, where rax is -ENOSYS (-38), and at its end, where the arguments still stand in their registers.
    private const string Script =
        """
        set pagination off
        set confirm off
        set width 0
        set print thread-events off
        set $n = 0
        catch syscall 9 25
        commands
        silent
        if (long)$rax != -38 && $orig_rax == 9
        set $n = $n + 1
        printf "=== hit %d nr=9 addr=0x%lx len=%lu prot=0x%lx flags=0x%lx ret=0x%lx\n", $n, $rdi, $rsi, $rdx, $r10, $rax
        bt
        end
        if (long)$rax != -38 && $orig_rax == 25
        set $n = $n + 1
        printf "=== hit %d nr=25 addr=0x%lx len=%lu new_len=%lu ret=0x%lx\n", $n, $rdi, $rsi, $rdx, $rax
        bt
        end
        if $n < 200
        continue
        end
        end
        continue
        """ + "\n" + GdbProbe.End;
}
