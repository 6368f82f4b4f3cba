namespace MemScope.Core.Analysis.Probes;

/// <summary>Mappings made past libc's mmap, by gdb at libc's <c>syscall</c>.</summary>
internal static class GdbProbe
{
    /// <summary>Calls after which gdb goes away: at about 1.5 ms each the process stands still for a third of a second in all.</summary>
    public const int MostHits = 200;

    /// <summary>How to run a script, and how it ends: on SIGINT gdb stops waiting, and detaches as the script's last lines say.</summary>
    public static string Run(ProbeTarget target, string slug, string script, string output) =>
        $"""
        cat > {ProbeParts.File(target, slug, "gdb")} <<'END-OF-SCRIPT'
        {script}
        END-OF-SCRIPT
        timeout -s INT {ProbeParts.TraceSeconds} gdb -nx -p {ProbeParts.Pid(target)} -batch -x {ProbeParts.File(target, slug, "gdb")} > {output} 2>&1
        """;

    /// <summary>What gdb does to a process.</summary>
    public const string Risk = "Stops all threads at every hit, about 1.5 ms each, and writes breakpoints into the program's code. Let it end by itself or by Ctrl-C: killed with -9 it leaves a breakpoint behind, and the process dies of it.";

    /// <summary>What gdb needs.</summary>
    public static IReadOnlyList<string> Needs { get; } = ["gdb", "the process's own user and kernel.yama.ptrace_scope 0, or root", "x86-64"];

    /// <summary>The probe.</summary>
    public static ProbeKind Kind { get; } = new("gdb", ProbeKind.Always, Make);

    private static Probe Make(ProbeTarget target)
    {
        var file = ProbeParts.File(target, Kind.Slug);
        var ucx = ProbeParts.HasUcx(target) ? " UCX maps so, and libucm is in this process." : "";
        return new(Kind.Slug, $"Who maps past libc's mmap: whole stacks of the first {MostHits} raw calls", Run(target, Kind.Slug, Script(), file), ProbeParts.Upload(target, file, "gdb"), Risk)
        {
            Needs = Needs,
            Why = $"{CallRate.Words(target)}Shows every frame, inlined ones too, of what libraries map by syscall(), which hooks of malloc and of mmap miss.{ucx} Where nothing is mapped so, gdb-catch sees all calls.",
        };
    }

    // syscall(number, arguments…): rdi is the number, rsi, rdx, rcx and r8 are the first four arguments, the return address is on top of the stack. The breakpoint behind the call
    // is bound to the thread, or the result of one would be given to another.
    private static string Script() =>
        $$"""
        set pagination off
        set confirm off
        set width 0
        set print thread-events off
        set $n = 0
        break syscall if $rdi == 9 || $rdi == 11 || $rdi == 25
        commands
        silent
        set $n = $n + 1
        printf "=== hit %d nr=%lu thread=%d addr=0x%lx len=%lu prot=0x%lx flags=0x%lx\n", $n, $rdi, $_thread, $rsi, $rdx, $rcx, $r8
        bt
        eval "tbreak *0x%lx thread %d", *(unsigned long *)$rsp, $_thread
        commands
        silent
        printf "=== thread=%d ret=0x%lx\n", $_thread, $rax
        if $n < {{MostHits}}
        continue
        end
        end
        continue
        end
        continue
        {{End}}
        """;

    /// <summary>How scripts end: with the mappings, dated, that the addresses are read by.</summary>
    public const string End =
        """
        shell date -u +%FT%TZ
        info proc mappings
        detach
        """;
}
