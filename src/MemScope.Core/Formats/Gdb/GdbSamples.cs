using MemScope.Core.Formats.Text;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Gdb;

/// <summary>
/// Backtraces that belong to no hit: <c>bt</c> by hand, <c>thread apply all bt</c>, a poor man's profiler. Each is one sample; equal ones of one thread are added up.
/// <code>
/// Thread 2 (Thread 0x7ffff7dd06c0 (LWP 10671) "worker"):
/// #0  0x00007ffff7ea7df2 in __libc_pause () at ../sysdeps/unix/sysv/linux/pause.c:29
/// </code>
/// </summary>
internal sealed class GdbSamples(ParseOptions options)
{
    private readonly StackTable _stacks = new(GdbFrame.Read, options) { Finish = GdbFrame.MarkInlined, Decode = GdbFrame.JoinBroken };
    private readonly Dictionary<(int Callchain, string Kind, bool OfHeadedThread), (long Count, int Line)> _samples = [];
    private string _thread = "";

    /// <summary>Whether a line stands above a thread's backtrace.</summary>
    public static bool IsThread(ReadOnlySpan<byte> line) => line.StartsWith("Thread "u8) && line.EndsWith("):"u8);

    /// <summary>Notes whose backtrace follows: the thread's name, or its number where it has none.</summary>
    public void BeginThread(ReadOnlySpan<byte> line)
    {
        var open = line.IndexOf((byte)'"');
        var close = line.LastIndexOf((byte)'"');
        if (close > open)
        {
            _thread = options.Names.Get(line[(open + 1)..close]);
            return;
        }
        var number = line.IndexOf("LWP "u8);
        var cursor = new ByteCursor(number < 0 ? default : line[(number + "LWP "u8.Length)..]);
        _thread = cursor.TryInt(out var tid) ? FormattableString.Invariant($"LWP {tid}") : "thread";
    }

    /// <summary>Adds a backtrace. The thread above it, if any, is only the first one's.</summary>
    public void Add(ReadOnlySpan<byte> stack, int line)
    {
        var key = (_stacks.Intern(stack), _thread, _thread.Length > 0);
        _thread = "";
        if (key.Item1 < 0) return;
        _samples[key] = _samples.TryGetValue(key, out var known) ? (known.Count + 1, known.Line) : (1, line);
    }

    /// <summary>The samples as a profile, or null when there is none.</summary>
    /// <param name="process">Whose they are.</param>
    /// <param name="onlyThreads">Whether only those with a thread's line above them count: in a log with hits the others are the debugger's own stops.</param>
    /// <param name="modules">Files that were mapped.</param>
    public HeapProfile? Finish(ProcessHint process, bool onlyThreads, IReadOnlyList<MappedModule> modules)
    {
        List<HeapSite> sites = [.. from s in _samples
                                   where s.Key.OfHeadedThread || !onlyThreads
                                   orderby s.Value.Line
                                   select new HeapSite { Callchain = s.Key.Callchain, Kind = s.Key.Kind.Length == 0 ? null : s.Key.Kind, Live = s.Value.Count, Line = s.Value.Line }];
        if (sites.Count == 0) return null;
        var dump = new HeapDump(sites) { Label = "backtraces", LiveCount = sites.SumOfKnown(s => s.Live), Line = sites[0].Line };
        return new HeapProfile("gdb", process, _stacks.Callchains, [dump]) { Unit = WeightUnit.Count, Modules = modules };
    }
}
