using MemScope.Core.Formats.LegacyHeap;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Jemalloc;

/// <summary>One stack of a profile while it is read: the sum over all threads, and the threads that have names.</summary>
internal sealed class JemallocSite
{
    private int _callchain, _line;

    /// <summary>Whether a stack was begun; lines before the first are the file's totals.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Samples of all threads, or null while that line was not seen.</summary>
    public HeapNumbers? Sum { get; set; }

    /// <summary>Samples by thread.</summary>
    public List<(string Name, HeapNumbers Numbers)> Threads { get; } = [];

    /// <summary>Begins a stack.</summary>
    public void Begin(int callchain, int line) => (_callchain, _line, IsOpen) = (callchain, line, true);

    /// <summary>Ends it.</summary>
    public void End()
    {
        Sum = null;
        Threads.Clear();
    }

    /// <summary>Writes a row for each thread with a name, and one for what is left. They add up to the estimate of the whole stack: each thread gets its part of that by its samples.</summary>
    public void Write((long Count, long Bytes) live, (long Count, long Bytes)? allocated, HeapRows rows)
    {
        var sum = Sum!.Value;
        var rest = new HeapSite { Callchain = _callchain, Line = _line, Live = live.Bytes, LiveCount = live.Count, Allocated = allocated?.Bytes, AllocatedCount = allocated?.Count };
        foreach (var (name, numbers) in Threads)
        {
            var part = rest with
            {
                Kind = name,
                Live = Part(live.Bytes, numbers.LiveBytes, sum.LiveBytes, rest.Live),
                LiveCount = Part(live.Count, numbers.Live, sum.Live, rest.LiveCount),
                Allocated = Part(allocated?.Bytes, numbers.AllocatedBytes, sum.AllocatedBytes, rest.Allocated),
                AllocatedCount = Part(allocated?.Count, numbers.Allocated, sum.Allocated, rest.AllocatedCount),
            };
            rest = rest with { Live = rest.Live - part.Live, LiveCount = rest.LiveCount - part.LiveCount, Allocated = rest.Allocated - part.Allocated, AllocatedCount = rest.AllocatedCount - part.AllocatedCount };
            rows.Add(part);
        }
        if (Threads.Count == 0 || rest is not { Live: 0, LiveCount: 0, Allocated: null or 0, AllocatedCount: null or 0 }) rows.Add(rest);
    }

    /// <summary>whole × samples / all, and no more than is left.</summary>
    private static long? Part(long? whole, long samples, long all, long? left) =>
        whole is null ? null : all <= 0 || samples <= 0 ? 0 : Math.Clamp((long)Int128.Clamp((Int128)whole.Value * samples / all, 0, long.MaxValue), 0, Math.Max(left ?? 0, 0));
}
