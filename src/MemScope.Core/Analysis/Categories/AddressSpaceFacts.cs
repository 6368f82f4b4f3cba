using System.Buffers;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Categories;

/// <summary>One pass over an address space that finds what single lines do not show. Its arrays are borrowed: dispose it.</summary>
internal sealed class AddressSpaceFacts : IDisposable
{
    /// <summary>HEAP_MAX_SIZE of glibc's malloc/arena.c on 64 bit: 2 × DEFAULT_MMAP_THRESHOLD_MAX.</summary>
    public const ulong ArenaHeapBytes = 64 << 20;

    /// <summary>The largest guard taken for one of a stack; the JVM has up to 16 KiB below its stacks, musl and Go runtimes up to 64 KiB.</summary>
    public const ulong LargestGuardBytes = 64 << 10;

    /// <summary>Larger memory above a library's data is more than its bss: a neighbour that merged with it, or an array worth showing on its own.</summary>
    private const ulong LargestBssBytes = 8 << 20;

    private const ulong LargestVdsoBytes = 16 << 10;

    /// <summary>The runtime's hints for 64-bit Linux: arenas of 64 MiB from 0x00c0 × 2^32 (runtime/malloc.go), laid out like malloc's.</summary>
    private const ulong GoHeapStart = 0xc0_0000_0000, GoHeapEnd = 0xc1_0000_0000;

    /// <summary>So many of one size are no chance.</summary>
    private const int FewestEqual = 8;

    private const VmaPermissions ReadWrite = VmaPermissions.Read | VmaPermissions.Write;

    private static readonly ulong[] StackSizes = CategoryRules.Find("thread-stack")!.SizesWithGuard;

    private readonly VmaTable _vmas;
    private readonly int _count;
    private readonly ulong[] _starts, _ends;
    private readonly VmaPermissions[] _permissions;
    private readonly MetricColumn _anonymous;
    private readonly Surroundings[] _surroundings;
    private readonly NameEntry[] _entries;
    private readonly ulong[] _reserves;

    public AddressSpaceFacts(VmaTable vmas, RuleTable rules)
    {
        (_vmas, _count, _starts, _ends, _permissions, _anonymous) = (vmas, vmas.Count, vmas.Starts, vmas.Ends, vmas.Permissions, vmas.Column(Metric.Anonymous));
        _surroundings = ArrayPool<Surroundings>.Shared.Rent(_count);
        _entries = ArrayPool<NameEntry>.Shared.Rent(_count);
        _reserves = ArrayPool<ulong>.Shared.Rent(_count);
        Array.Clear(_surroundings, 0, _count);
        var names = new NameEntries(rules);
        names.Fill(vmas, _entries);
        Process = names.Process;
        MarkLibraries();
        MarkRuns();
        MarkLibraryData();
        if (!names.Contains("[heap]")) MarkFirstAboveProgram();
        if (!names.Contains("[vdso]")) MarkVdso();
    }

    /// <summary>Whether Go's heap lies at an address.</summary>
    public static bool IsGoHeapAddress(ulong start) => start is >= GoHeapStart and < GoHeapEnd;

    /// <summary>Whether stacks of threads have this size, with or without their guard: the sizes of the rule <c>thread-stack</c>.</summary>
    public static bool IsStackSize(ulong bytes) => Array.IndexOf(StackSizes, bytes) >= 0;

    /// <summary>Rules whose programs and libraries the process has loaded, and those that ask for none.</summary>
    public RuleSet Process { get; }

    /// <summary>What a row is part of.</summary>
    public Surroundings Of(int row) => _surroundings[row];

    /// <summary>The name of a row.</summary>
    public NameEntry NameOf(int row) => _entries[row];

    /// <summary>Bytes without access in the run of touching anonymous memory that a row belongs to.</summary>
    public ulong ReserveBeside(int row) => IsPlainAnonymous(row) ? _reserves[row] : 0;

    /// <summary>Bytes of the guard directly below a row that lies above one.</summary>
    public ulong GuardBelow(int row) => (_surroundings[row] & Surroundings.AboveGuard) != Surroundings.None ? Length(row - 1) : 0;

    public void Dispose()
    {
        ArrayPool<Surroundings>.Shared.Return(_surroundings);
        ArrayPool<NameEntry>.Shared.Return(_entries, clearArray: true);
        ArrayPool<ulong>.Shared.Return(_reserves);
    }

    private bool IsPlainAnonymous(int row) => _entries[row].Verdict.Backing == Backing.Unnamed && (_permissions[row] & VmaPermissions.Shared) == VmaPermissions.None;

    private bool IsReadWriteAnonymous(int row) => _permissions[row] == ReadWrite && _entries[row].Verdict.Backing == Backing.Unnamed;

    private bool Touches(int lower, int upper) => lower >= 0 && upper < _count && _ends[lower] == _starts[upper];

    private bool SameFile(int a, int b) => _entries[a] == _entries[b] && _vmas.Inodes[a] == _vmas.Inodes[b];

    private ulong Length(int row) => _ends[row] - _starts[row];

    private void MarkLibraries()
    {
        var inodes = _vmas.Inodes;
        for (var row = 0; row < _count; row++) if (_entries[row].IsLibrary(inodes[row])) _surroundings[row] |= Surroundings.Library;
    }

    /// <summary>Goes from run to run of touching anonymous memory: arenas, guards and what else lies in one.</summary>
    private void MarkRuns()
    {
        var hasArenas = false;
        var equal = (Dictionary<(ulong Guard, ulong Stack), int>?)null;
        for (var first = 0; first < _count; first++)
        {
            if (!IsPlainAnonymous(first)) continue;
            var (end, reserve) = (first, 0UL);
            do reserve += _permissions[end] == VmaPermissions.None ? Length(end) : 0;
            while (Touches(end, ++end) && IsPlainAnonymous(end));
            Array.Fill(_reserves, reserve, first, end - first);
            if (reserve > 0) MarkRun(first, end, ref hasArenas, ref equal);
            first = end - 1;
        }
        if (hasArenas) MarkWholeHeaps();
        if (equal is not null) MarkEqual(equal);
    }

    private void MarkRun(int first, int end, ref bool hasArenas, ref Dictionary<(ulong Guard, ulong Stack), int>? equal)
    {
        for (var row = first; row < end; row++)
        {
            if (_starts[row] % ArenaHeapBytes == 0) hasArenas |= MarkArena(row, end);
            var above = row + 1;
            if (above == end || _permissions[row] != VmaPermissions.None || _permissions[above] != ReadWrite || Length(row) > LargestGuardBytes) continue;
            _surroundings[row] |= Surroundings.Guard;
            _surroundings[above] |= Surroundings.AboveGuard;
            equal ??= [];
            var pair = (Length(row), Length(above));
            equal[pair] = equal.GetValueOrDefault(pair) + 1;
        }
    }

    /// <summary>
    /// From a 64 MiB boundary to the next one at which a mapping ends; the last part is a reserve of less than one heap. Full heaps below merge into it, so it may be several heaps
    /// long. Go's heap, which is laid out alike, is left out.
    /// </summary>
    private bool MarkArena(int first, int end)
    {
        if (!IsReadWriteAnonymous(first) || IsGoHeapAddress(_starts[first]) || (_surroundings[first] & Surroundings.Arena) != Surroundings.None) return false;
        var last = first;
        while (last + 1 < end && _ends[last] % ArenaHeapBytes != 0) last++;
        if (last == first || _ends[last] % ArenaHeapBytes != 0 || _permissions[last].IsAccessible() || Length(last) >= ArenaHeapBytes) return false;
        for (var row = first; row <= last; row++) _surroundings[row] |= Surroundings.Arena;
        return true;
    }

    private void MarkWholeHeaps()
    {
        for (var row = 0; row < _count; row++)
        {
            if (_starts[row] % ArenaHeapBytes == 0 && _ends[row] % ArenaHeapBytes == 0 && IsReadWriteAnonymous(row)) _surroundings[row] |= Surroundings.WholeHeap;
        }
    }

    private void MarkEqual(Dictionary<(ulong Guard, ulong Stack), int> equal)
    {
        foreach (var (pair, count) in equal) if (count < FewestEqual) equal.Remove(pair);
        for (var row = 0; row < _count && equal.Count > 0; row++)
        {
            if ((_surroundings[row] & Surroundings.AboveGuard) != Surroundings.None && equal.ContainsKey((Length(row - 1), Length(row)))) _surroundings[row] |= Surroundings.Equal;
        }
    }

    private void MarkLibraryData()
    {
        for (var data = 0; data < _count; data++)
        {
            if ((_surroundings[data] & Surroundings.Library) == Surroundings.None || (_permissions[data] & VmaPermissions.Write) == VmaPermissions.None) continue;
            var (below, above) = (data - 1, data + 1);
            if (Touches(data, above) && IsReadWriteAnonymous(above) && Length(above) <= LargestBssBytes) _surroundings[above] |= Surroundings.Bss;
            if (Touches(below, data) && SameFile(below, data) && IsRelocated(below)) _surroundings[below] |= Surroundings.Relro;
        }
    }

    /// <summary>RELRO: anonymous pages show it; without that number the layout does, as a second read-only part above the constants.</summary>
    private bool IsRelocated(int row)
    {
        if (!IsReadOnly(row)) return false;
        if (!_anonymous.IsEmpty && _anonymous[row] is >= 0 and var anonymous) return anonymous > 0;
        return Touches(row - 1, row) && SameFile(row - 1, row) && IsReadOnly(row - 1);
    }

    private bool IsReadOnly(int row) => (_permissions[row] & ~VmaPermissions.Shared) == VmaPermissions.Read;

    /// <summary>pmap -x and plain pmap call the brk heap "[ anon ]": it lies next above the program, which is mapped lowest.</summary>
    private void MarkFirstAboveProgram()
    {
        var program = 0;
        while (program < _count && (_surroundings[program] & Surroundings.Library) == Surroundings.None) program++;
        if (program == _count || _vmas.Inodes[program] != 0) return;
        for (var row = program + 1; row < _count; row++)
        {
            if (SameFile(row, program) || (_surroundings[row] & Surroundings.Bss) != Surroundings.None) continue;
            if (IsReadWriteAnonymous(row)) _surroundings[row] |= Surroundings.FirstAboveProgram;
            return;
        }
    }

    /// <summary>The vdso is two pages of code directly above [vvar]; pmap -x calls all of them "[ anon ]".</summary>
    private void MarkVdso()
    {
        for (var row = 1; row < _count; row++)
        {
            if (_permissions[row] != (VmaPermissions.Read | VmaPermissions.Execute) || !IsPlainAnonymous(row) || Length(row) > LargestVdsoBytes) continue;
            var below = row;
            while (Touches(below - 1, below) && IsPlainAnonymous(below - 1) && _permissions[below - 1] == VmaPermissions.Read) below--;
            for (var i = below; below < row && i <= row; i++) _surroundings[i] |= Surroundings.Vdso;
        }
    }
}
