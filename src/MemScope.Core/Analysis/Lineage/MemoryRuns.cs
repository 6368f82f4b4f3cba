using MemScope.Core.Analysis.Categories;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Lineage;

/// <summary>What a run of touching mappings is to people: one thing.</summary>
internal enum RunKind : byte
{
    /// <summary>Not part of a run.</summary>
    None,
    /// <summary>Heap of a glibc arena: the part in use and the reserve up to the next 64 MiB boundary (malloc/arena.c).</summary>
    Arena,
    /// <summary>Stack of a thread above its guard (nptl/allocatestack.c).</summary>
    Stack,
    /// <summary>Go's heap and its reserve up to the next 64 MiB boundary (runtime/malloc.go).</summary>
    GoHeap,
    /// <summary>The Java heap or code cache and its reserve.</summary>
    Java,
}

/// <summary>
/// Arenas, stacks and runtimes' heaps, each a mapping in use and one without access that was reserved with it. Rows stay rows, so that sums close; a row without access only
/// learns whose companion it is, and only where the pattern is certain. Neighbouring heaps are not joined: each reserve belongs to the part directly below it, each guard to
/// the stack directly above.
/// </summary>
internal sealed class MemoryRuns
{
    private const ulong MiB = 1 << 20;

    /// <summary>HEAP_MAX_SIZE of glibc's malloc/arena.c on 64 bit, and heapArenaBytes of Go.</summary>
    private const ulong HeapBytes = 64 * MiB;

    /// <summary>Smaller reserves above writable memory of a JVM may be guards of something else.</summary>
    private const ulong LeastJavaReserve = MiB;

    private readonly Dictionary<int, int> _owners = [];
    private readonly Dictionary<int, RunKind> _kinds = [];

    private MemoryRuns()
    {
    }

    /// <summary>A table without runs.</summary>
    public static MemoryRuns None { get; } = new();

    /// <summary>Rows without access and the row that each belongs to.</summary>
    public IReadOnlyDictionary<int, int> Owners => _owners;

    /// <summary>The row that a reserve or guard belongs to, or -1.</summary>
    public int OwnerOf(int row) => _owners.GetValueOrDefault(row, -1);

    /// <summary>What run a row is part of.</summary>
    public RunKind KindOf(int row) => _kinds.GetValueOrDefault(row);

    /// <summary>Finds the runs of an address space: one pass over the permissions, and a closer look at the rows without access.</summary>
    public static MemoryRuns Of(VmaTable vmas)
    {
        MemoryRuns? runs = null;
        bool? java = null;
        for (var row = 0; row < vmas.Count; row++)
        {
            if (vmas.Permissions[row] != VmaPermissions.None || vmas.Inodes[row] != 0 || !IsUnnamed(vmas, row)) continue;
            if (ReserveKind(vmas, row, ref java) is var kind and not RunKind.None) (runs ??= new()).Add(row, row - 1, kind);
            else if (IsGuard(vmas, row)) (runs ??= new()).Add(row, row + 1, RunKind.Stack);
        }
        return runs ?? None;
    }

    private void Add(int companion, int owner, RunKind kind)
    {
        if (_kinds.TryGetValue(owner, out var other) && other != kind) return;
        _owners[companion] = owner;
        _kinds[companion] = _kinds[owner] = kind;
    }

    private static RunKind ReserveKind(VmaTable vmas, int row, ref bool? java)
    {
        var below = row - 1;
        if (below < 0 || vmas.Ends[below] != vmas.Starts[row] || !IsUnnamed(vmas, below) || !vmas.Permissions[below].HasFlag(VmaPermissions.Write)) return RunKind.None;
        var (start, end, length) = (vmas.Starts[below], vmas.Ends[row], vmas.Ends[row] - vmas.Starts[row]);
        var readWrite = vmas.Permissions[below] == (VmaPermissions.Read | VmaPermissions.Write);
        if (AddressSpaceFacts.IsGoHeapAddress(start)) return readWrite && end % HeapBytes == 0 ? RunKind.GoHeap : RunKind.None;
        // Full heaps below merge with it, so it may begin any number of heaps lower.
        if (readWrite && end % HeapBytes == 0 && length < HeapBytes && start % HeapBytes == 0) return RunKind.Arena;
        var inJavaHeap = readWrite && start < 1UL << 35 && start % MiB == 0;
        var inCodeCache = vmas.Permissions[below] == (VmaPermissions.Read | VmaPermissions.Write | VmaPermissions.Execute);
        return length >= LeastJavaReserve && (inJavaHeap || inCodeCache) && (java ??= HasJava(vmas)) ? RunKind.Java : RunKind.None;
    }

    private static bool IsGuard(VmaTable vmas, int row)
    {
        var (stack, bytes) = (row + 1, vmas.Ends[row] - vmas.Starts[row]);
        if (stack >= vmas.Count || bytes > AddressSpaceFacts.LargestGuardBytes || vmas.Starts[stack] != vmas.Ends[row] || !IsUnnamed(vmas, stack)) return false;
        if (vmas.Permissions[stack] != (VmaPermissions.Read | VmaPermissions.Write)) return false;
        var length = vmas.Ends[stack] - vmas.Starts[stack];
        return AddressSpaceFacts.IsStackSize(length) || AddressSpaceFacts.IsStackSize(length + bytes);
    }

    /// <summary>Without a name, or named by its owner (prctl PR_SET_VMA_ANON_NAME, glibc.mem.decorate_maps).</summary>
    private static bool IsUnnamed(VmaTable vmas, int row) => vmas.Names[row].Length == 0 || vmas.Names[row].StartsWith("[anon:", StringComparison.Ordinal);

    private static bool HasJava(VmaTable vmas) => Array.FindIndex(vmas.Names, 0, vmas.Count, n => n.EndsWith("/libjvm.so", StringComparison.Ordinal)) >= 0;
}
