using System.Runtime.InteropServices;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Outstanding;

/// <summary>Tells which process of a trace is the traced one: a tracer may have followed children, or watched several.</summary>
public static class TracedProcess
{
    /// <summary>
    /// The process that the text names, where any of its calls is in the trace: a pid of another namespace names nobody. Else the process with the most calls, of equals the one that comes
    /// first. 0 when the events name none. It is the same for every part of a trace that is asked for.
    /// </summary>
    public static int Of(Trace trace)
    {
        if (trace.Process.Pid is { } hint && Names(trace, hint)) return hint;
        var calls = new Dictionary<int, int>();
        var order = new List<int>();
        foreach (var e in trace.Events)
        {
            ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(calls, e.Pid, out var known);
            if (!known) order.Add(e.Pid);
            count++;
        }
        var most = 0;
        var traced = trace.Process.Pid ?? 0;
        foreach (var pid in order)
            if (calls[pid] > most) (most, traced) = (calls[pid], pid);
        return traced;
    }

    private static bool Names(Trace trace, int pid)
    {
        foreach (var e in trace.Events)
            if (e.Pid == pid) return true;
        return false;
    }
}
