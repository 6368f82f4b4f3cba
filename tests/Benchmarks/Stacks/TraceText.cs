using System.Globalization;
using System.Text;

namespace MemScope.Benchmarks.Stacks;

/// <summary>Which tool's output is made.</summary>
internal enum TraceDialect
{
    /// <summary><c>strace -f -k -T -ttt</c>: a line per call, its stack behind it.</summary>
    Strace,
    /// <summary><c>perf script</c>: a sample for the beginning and one for the end of each call, both with the stack.</summary>
    Perf,
    /// <summary>What <c>recipes/memory.bt</c> prints.</summary>
    Bpftrace,
}

/// <summary>
/// A large trace, the same in every run: stacks of so many frames that share their outer ends, most calls from few of them, mmaps whose memory is unmapped after a while or not at all. In
/// shape it is what the tools print of a busy server; no file of one was at hand that is this long.
/// </summary>
/// <param name="Dialect">Whose output.</param>
/// <param name="Events">Calls; of perf, samples.</param>
/// <param name="Chains">Distinct stacks.</param>
/// <param name="Frames">Frames of each.</param>
internal sealed record TraceText(TraceDialect Dialect, int Events, int Chains, int Frames)
{
    private const int Pid = 4711, Threads = 16, Functions = 6_000, Modules = 12, SitesPerFunction = 3;
    private const ulong FirstModule = 0x7f30_0000_0000, ModuleBytes = 0x40_0000, FirstMapping = 0x7e00_0000_0000, PageBytes = 4096;
    private const long BeginNs = 3_458_913_348_160, BeginUnixMicroseconds = 1_795_189_479_515_410, NsPerCall = 61_237;

    /// <summary>Bytes of each chain's lines.</summary>
    private readonly byte[][] _chains = new byte[Chains][];

    /// <summary>Writes the trace.</summary>
    public void Write(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 20);
        Write(file);
    }

    /// <summary>Writes the trace.</summary>
    public void Write(Stream output)
    {
        WriteChains(new Random(6));
        if (Dialect == TraceDialect.Bpftrace) Text(output, $"Attaching 9 probes...\nTRACE-BEGIN {BeginNs - 1000} pid={Pid} time=2026-11-21T13:35:42.799601+0000\n");
        if (Dialect == TraceDialect.Perf) WriteRecords(output);
        if (Dialect == TraceDialect.Strace) WriteThreads(output);
        WriteCalls(output, new Random(7));
        if (Dialect == TraceDialect.Bpftrace) Text(output, $"TRACE-END {BeginNs + (Events * NsPerCall)}\n");
    }

    private static void WriteRecords(Stream output)
    {
        for (var t = 0; t < Threads; t++) Text(output, $"server     0 [000]     0.000000: PERF_RECORD_COMM: server:{Pid}/{Pid + t}\n");
        for (var m = 0; m < Modules; m++)
            Text(output, $"server     0 [000]     0.000000: PERF_RECORD_MMAP2 {Pid}/{Pid}: [0x{FirstModule + ((ulong)m * ModuleBytes):x}(0x{ModuleBytes:x}) @ 0 fe:00 {300_000 + m} 0]: r-xp {Module(m)}\n");
    }

    private static void WriteThreads(Stream output)
    {
        for (var t = 1; t < Threads; t++)
            Text(output, $"{Pid}  {Unix(0)} clone3({{flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD|CLONE_SYSVSEM|CLONE_SETTLS|CLONE_PARENT_SETTID|CLONE_CHILD_CLEARTID, child_tid=0x7f864bd81990, parent_tid=0x7f864bd81990, exit_signal=0, stack=0x7f864b581000, stack_size=0x7fff80, tls=0x7f864bd816c0}} => {{parent_tid=[{Pid + t}]}}, 88) = {Pid + t} <0.000046>\n");
    }

    /// <summary>Each stack leaves another one somewhere on its way to the leaf, as calls do; every hundredth begins at the root.</summary>
    private void WriteChains(Random random)
    {
        var frames = new int[Chains][];
        for (var c = 0; c < Chains; c++)
        {
            var chain = new int[Frames];
            var shared = c % 100 == 0 ? 0 : random.Next(2, Frames - 3);
            if (shared > 0) frames[random.Next(Math.Max(0, c - 300), c)].AsSpan(0, shared).CopyTo(chain);
            // Root first; a function calls a handful of others.
            for (var f = shared; f < Frames; f++) chain[f] = f == 0 ? 0 : 1 + ((chain[f - 1] * 31) + (random.Next(6) * 577)) % (Functions * SitesPerFunction - 1);
            frames[c] = chain;
        }
        for (var c = 0; c < Chains; c++)
        {
            using var text = new MemoryStream();
            for (var f = Frames - 1; f >= 0; f--) Frame(text, frames[c][f], isLeaf: f == Frames - 1);
            _chains[c] = text.ToArray();
        }
    }

    private void Frame(Stream text, int site, bool isLeaf)
    {
        var function = isLeaf ? 0 : 1 + (site / SitesPerFunction);
        var module = isLeaf ? 0 : 1 + (function % (Modules - 1));
        var start = 0x1000UL + ((ulong)function * 0x2a0);
        var offset = isLeaf ? 0x13UL : 0x21 + ((ulong)(site % SitesPerFunction) * 0x3c);
        var inModule = start + offset;
        var name = isLeaf ? "__mmap" : Name(function);
        if (Dialect == TraceDialect.Strace) Text(text, $" > {Module(module)}({name}+0x{offset:x}) [0x{inModule:x}]\n");
        else if (Dialect == TraceDialect.Perf) Text(text, $"\t{FirstModule + ((ulong)module * ModuleBytes) + inModule,16:x} {name}+0x{offset:x} ({Module(module)})\n");
        else Text(text, $"\t{FirstModule + ((ulong)module * ModuleBytes) + inModule:x} {name}+{offset} ({Module(module)})\n");
    }

    private static string Module(int module) => module switch { 0 => "/usr/lib/x86_64-linux-gnu/libc.so.6", 1 => "/opt/server/bin/server", _ => FormattableString.Invariant($"/opt/server/lib/libsvc_{module}.so.2.{module}") };

    // C, plain C++ and templates.
    private static string Name(int function) => string.Create(CultureInfo.InvariantCulture, $"{(function % 3) switch
    {
        0 => "svc_request_step_",
        1 => "svc::detail::Session<std::pair<int, unsigned long> >::dispatch_",
        _ => "svc::Pool::acquire_",
    }}{function}{(function % 3) switch { 0 => "", 1 => "(std::vector<char, std::allocator<char> > const&)", _ => "(unsigned long)" }}");

    private void WriteCalls(Stream output, Random random)
    {
        var live = new List<(ulong Address, ulong Length)>();
        var next = FirstMapping;
        var calls = Dialect == TraceDialect.Perf ? Events / 2 : Events;
        for (var i = 0; i < calls; i++)
        {
            var chain = _chains[Math.Min(random.Next(Chains), random.Next(Chains))];
            var tid = Pid + random.Next(Threads);
            // 40 of 100 calls unmap; a block in ten stays.
            if (live.Count > 0 && random.Next(100) < 45)
            {
                var at = random.Next(live.Count);
                Unmap(output, i, tid, live[at].Address, live[at].Length, chain);
                live[at] = live[^1];
                live.RemoveAt(live.Count - 1);
                continue;
            }
            var length = (ulong)random.Next(1, 64) * PageBytes;
            Map(output, i, tid, next, length, chain);
            if (random.Next(10) > 0) live.Add((next, length));
            next += length + PageBytes;
        }
    }

    private void Map(Stream output, int i, int tid, ulong address, ulong length, byte[] chain)
    {
        switch (Dialect)
        {
            case TraceDialect.Strace:
                Text(output, $"{tid}  {Unix(i)} mmap(NULL, {length}, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x{address:x} <0.000056>\n");
                break;
            case TraceDialect.Perf:
                Text(output, $"server {tid} [001] {Seconds(i, 0)}:    syscalls:sys_enter_mmap: addr: 0x00000000, len: 0x{length:x8}, prot: 0x00000003, flags: 0x00000022, fd: 0xffffffff, off: 0x00000000\n");
                output.Write(chain);
                Text(output, $"\nserver {tid} [001] {Seconds(i, 20)}:     syscalls:sys_exit_mmap: 0x{address:x}\n");
                break;
            default:
                Text(output, $"{BeginNs + (i * NsPerCall)} {Pid} {tid} server mmap addr=0x0 len={length} prot=0x3 flags=0x22 fd=-1 ret=0x{address:x}\n\n");
                break;
        }
        End(output, chain);
    }

    private void Unmap(Stream output, int i, int tid, ulong address, ulong length, byte[] chain)
    {
        switch (Dialect)
        {
            case TraceDialect.Strace:
                Text(output, $"{tid}  {Unix(i)} munmap(0x{address:x}, {length}) = 0 <0.000024>\n");
                break;
            case TraceDialect.Perf:
                Text(output, $"server {tid} [001] {Seconds(i, 0)}:  syscalls:sys_enter_munmap: addr: 0x{address:x}, len: 0x{length:x8}\n");
                output.Write(chain);
                Text(output, $"\nserver {tid} [001] {Seconds(i, 20)}:   syscalls:sys_exit_munmap: 0x0\n");
                break;
            default:
                Text(output, $"{BeginNs + (i * NsPerCall)} {Pid} {tid} server munmap addr=0x{address:x} len={length}\n\n");
                break;
        }
        End(output, chain);
    }

    private void End(Stream output, byte[] chain)
    {
        output.Write(chain);
        if (Dialect != TraceDialect.Strace) output.WriteByte((byte)'\n');
    }

    private static string Unix(int call) => ((BeginUnixMicroseconds + (call * NsPerCall / 1000)) / 1e6m).ToString("f6", CultureInfo.InvariantCulture);

    private static string Seconds(int call, int microseconds) => ((((BeginNs + (call * NsPerCall)) / 1000) + microseconds) / 1e6m).ToString("f6", CultureInfo.InvariantCulture);

    private static void Text(Stream output, FormattableString text) => output.Write(Encoding.Latin1.GetBytes(text.ToString(CultureInfo.InvariantCulture)));
}
