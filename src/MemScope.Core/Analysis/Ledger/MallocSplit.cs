using MemScope.Core.Analysis.Heap;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Ledger;

/// <summary>
/// Spreads what heap profilers and allocators count over the memory that can hold it: the brk heap and arenas, large blocks that a trace saw malloc map, memory that its name gives to an allocator, and
/// anonymous memory that nothing else explains. Nothing is taken twice, and never more than is resident.
/// </summary>
internal sealed class MallocSplit
{
    private readonly Dictionary<LedgerKey, long> _lines;
    private long _heap, _anonymous;

    private MallocSplit(AddressSplit split) => (_lines, _heap, _anonymous) = (new(split.Explained), split.HeapBytes, split.AnonymousBytes);

    /// <summary>All explained parts.</summary>
    public IReadOnlyDictionary<LedgerKey, long> Lines => _lines;

    /// <summary>What is left.</summary>
    public long UnexplainedBytes => _anonymous;

    /// <summary>Live bytes of the profile that are not resident, or lie in memory that was explained already.</summary>
    public long ClippedBytes { get; private set; }

    /// <summary>Live bytes for which unnamed memory was taken, because malloc's own did not hold them.</summary>
    public long FromAnonymousBytes { get; private set; }

    /// <summary>Spreads the evidence over a snapshot.</summary>
    public static MallocSplit Of(AddressSplit split, MallocEvidence evidence)
    {
        var made = new MallocSplit(split);
        if (evidence.IsNone)
        {
            made.CloseHeap(LedgerPart.HeapNotProfiled, split);
            return made;
        }
        // What mapped parts of malloc's heap says less than what lives in it.
        foreach (var key in split.Explained.Keys)
            if (key.Part == LedgerPart.TracedHeap) made._lines.Remove(key);
        if (evidence.Course is { } course) made.AddLive(course, evidence);
        foreach (var state in evidence.States) made.AddState(state, evidence.Course is null ? 0 : evidence.LiveBytes);
        made.CloseHeap(LedgerPart.HeapRest, null);
        return made;
    }

    private void AddLive(HeapCourse course, MallocEvidence evidence)
    {
        var key = new LedgerKey(LedgerPart.Live, course.Tool);
        var had = _anonymous;
        var large = Move(key, evidence.LargeBytes, [Large, Anonymous, InHeap, Owned]);
        var small = Move(key, evidence.LiveBytes - large, [InHeap, Large, Owned, Anonymous]);
        (FromAnonymousBytes, ClippedBytes) = (had - _anonymous, evidence.LiveBytes - large - small);
    }

    private void AddState(AllocatorState state, long counted)
    {
        // glibc's free chunks and headers lie in its heap; other allocators take all memory by mmap. A JVM's figures are of committed memory, stacks and code among it: they say nothing of other memory than its own.
        var glibc = state.Kind.StartsWith("malloc-", StringComparison.Ordinal);
        var jvm = state.Kind.StartsWith("jvm", StringComparison.Ordinal);
        Func<LedgerKey, long, long>[] kept = glibc ? [InHeap] : jvm ? [Owned] : [Owned, Anonymous], used = glibc ? [InHeap, Large, Anonymous] : kept;
        var (inUse, key) = (Saturating.Add(state.InUseBytes ?? 0, -counted), new LedgerKey(LedgerPart.InUse, state.Name));
        // malloc_info tells large blocks apart: they lie outside of the heap.
        var mapped = glibc ? Math.Min(inUse, state.Keys.FirstOrDefault(k => k.Key == "mmap").Value) : 0;
        Move(key, mapped, [Large, Anonymous]);
        Move(key, inUse - Math.Max(0, mapped), used);
        var decaying = Math.Max(0, Math.Min(state.DecayingBytes ?? 0, state.FreeBytes ?? state.DecayingBytes ?? 0));
        Move(new LedgerKey(LedgerPart.Free, state.Name), Saturating.Add(state.FreeBytes ?? 0, -decaying), kept);
        Move(new LedgerKey(LedgerPart.Decaying, state.Name), decaying, kept);
        Move(new LedgerKey(LedgerPart.Metadata, state.Name), state.MetadataBytes ?? 0, kept);
    }

    /// <summary>Moves up to so many bytes to a line out of the places in their order; tells how many there were.</summary>
    private static long Move(LedgerKey key, long bytes, Func<LedgerKey, long, long>[] places)
    {
        var moved = 0L;
        foreach (var place in places)
            if (bytes - moved > 0) moved += place(key, bytes - moved);
        return moved;
    }

    private long InHeap(LedgerKey key, long bytes)
    {
        var taken = Math.Min(bytes, _heap);
        _heap -= taken;
        return Add(key, taken);
    }

    private long Anonymous(LedgerKey key, long bytes)
    {
        var taken = Math.Min(bytes, _anonymous);
        _anonymous -= taken;
        return Add(key, taken);
    }

    private long Large(LedgerKey key, long bytes) => FromLines(LedgerPart.TracedMalloc, key, bytes);

    private long Owned(LedgerKey key, long bytes) => FromLines(LedgerPart.Owner, key, bytes);

    private long FromLines(LedgerPart part, LedgerKey key, long bytes)
    {
        var taken = 0L;
        foreach (var from in _lines.Keys.Where(k => k.Part == part).OrderByDescending(k => _lines[k]).ThenBy(k => k.Name, StringComparer.Ordinal).ToList())
        {
            var there = Math.Min(bytes - taken, _lines[from]);
            _lines[from] -= there;
            taken += there;
        }
        return Add(key, taken);
    }

    private long Add(LedgerKey key, long bytes)
    {
        if (bytes > 0) _lines[key] = _lines.GetValueOrDefault(key) + bytes;
        return bytes;
    }

    private void CloseHeap(LedgerPart part, AddressSplit? traced)
    {
        foreach (var (key, bytes) in traced?.Explained ?? new Dictionary<LedgerKey, long>())
            if (key.Part == LedgerPart.TracedHeap) _heap -= bytes;
        Add(new LedgerKey(part), _heap);
        _heap = 0;
    }
}
