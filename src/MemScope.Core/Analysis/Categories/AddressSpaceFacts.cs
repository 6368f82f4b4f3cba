using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Categories;

/// <summary>What a mapping is part of beyond its own line.</summary>
[Flags]
internal enum Surroundings : byte
{
    /// <summary>Nothing in particular.</summary>
    None = 0,
    /// <summary>Inside a 64 MiB aligned run of accessible memory that ends in a reserve at a 64 MiB boundary.</summary>
    ArenaRun = 1,
    /// <summary>Directly above a guard and of a size that threads' stacks have.</summary>
    StackAboveGuard = 2,
    /// <summary>The guard of such a stack.</summary>
    GuardBelowStack = 4,
    /// <summary>Belongs to a file that is also mapped executable: a program or library.</summary>
    ElfGroup = 8,
    /// <summary>Anonymous memory directly above the writable data of a program or library.</summary>
    AboveLibraryData = 16,
    /// <summary>Read-only part of a program or library directly below its writable data, written once by the loader.</summary>
    RelocatedReadOnly = 32,
    /// <summary>The first writable anonymous mapping above the program, in a text that never names the heap.</summary>
    UnnamedHeap = 64,
    /// <summary>Laid out like the vdso above its data pages, in a text that never names it.</summary>
    UnnamedVdso = 128,
}

/// <summary>One pass over an address space that finds what single lines do not show.</summary>
internal sealed class AddressSpaceFacts
{
    private const ulong KiB = 1024;
    private const ulong MiB = 1024 * KiB;

    /// <summary>HEAP_MAX_SIZE of glibc's malloc/arena.c on 64 bit: 2 × DEFAULT_MMAP_THRESHOLD_MAX.</summary>
    private const ulong ArenaHeapBytes = 64 * MiB;

    /// <summary>The largest guard taken for one of a stack; the JVM has up to 16 KiB below its stacks, musl and Go runtimes up to 64 KiB.</summary>
    public const ulong LargestGuardBytes = 64 * KiB;

    /// <summary>Larger memory above a library's data is more than its bss: a neighbour that merged with it, or an array worth showing on its own.</summary>
    private const ulong LargestBssBytes = 8 * MiB;

    private const ulong LargestVdsoBytes = 16 * KiB;

    /// <summary>Usual stack sizes, with or without their guard: 8 MiB is RLIMIT_STACK's default, 1 MiB the JVM's, 1.5 MiB .NET's, 2 MiB Rust's.</summary>
    private static readonly ulong[] StackSizes =
        [256 * KiB, 512 * KiB, 1 * MiB, 1536 * KiB, 2 * MiB, 4 * MiB, 8 * MiB, 10 * MiB, 16 * MiB, 32 * MiB, 64 * MiB];

    private readonly Surroundings[] _surroundings;

    public AddressSpaceFacts(VmaTable vmas)
    {
        Vmas = vmas;
        _surroundings = new Surroundings[vmas.Count];
        MarkElfGroups();
        for (var i = 0; i < vmas.Count; i++)
        {
            MarkArena(i);
            MarkStack(i);
            MarkLibraryData(i);
        }
        MarkUnnamedHeap();
        MarkUnnamedVdso();
    }

    public VmaTable Vmas { get; }

    public bool Is(int row, Surroundings what) => (_surroundings[row] & what) != Surroundings.None;

    private bool IsPlainAnonymous(int row) => Vmas.Names[row].Length == 0 && !Vmas.Permissions[row].HasFlag(VmaPermissions.Shared);

    private bool IsReadWriteAnonymous(int row) => IsPlainAnonymous(row) && Vmas.Permissions[row] == (VmaPermissions.Read | VmaPermissions.Write);

    private bool Touches(int lower, int upper) => lower >= 0 && upper < Vmas.Count && Vmas.Ends[lower] == Vmas.Starts[upper];

    private bool SameFile(int a, int b) => Vmas.Inodes[a] == Vmas.Inodes[b] && string.Equals(Vmas.Names[a], Vmas.Names[b], StringComparison.Ordinal);

    private ulong Length(int row) => Vmas[row].VirtualBytes;

    /// <summary>By inode and name, since device numbers of overlays and pseudo file systems are not identities, and pmap prints no inode.</summary>
    private void MarkElfGroups()
    {
        var executables = new HashSet<(ulong Inode, string Name)>();
        for (var i = 0; i < Vmas.Count; i++)
        {
            if (MappingNames.IsFile(Vmas.Names[i]) && Vmas.Permissions[i].HasFlag(VmaPermissions.Execute)) executables.Add((Vmas.Inodes[i], Vmas.Names[i]));
        }
        for (var i = 0; i < Vmas.Count; i++)
        {
            if (executables.Contains((Vmas.Inodes[i], Vmas.Names[i]))) _surroundings[i] |= Surroundings.ElfGroup;
        }
    }

    /// <summary>
    /// A run of touching anonymous mappings from one 64 MiB boundary to another whose last part is a reserve of less than one heap. Full heaps below merge into it, so it
    /// may be several heaps long. Go lays its heap out alike (64 MiB arenas from 0xc000000000): that range is left out.
    /// </summary>
    private void MarkArena(int first)
    {
        if (Vmas.Starts[first] % ArenaHeapBytes != 0 || !IsReadWriteAnonymous(first) || MappingNames.IsGoHeapAddress(Vmas.Starts[first])) return;
        var last = first;
        while (Touches(last, last + 1) && IsPlainAnonymous(last + 1) && Vmas.Ends[last] % ArenaHeapBytes != 0) last++;
        if (last == first || Vmas.Ends[last] % ArenaHeapBytes != 0 || Vmas.Permissions[last].IsAccessible() || Length(last) >= ArenaHeapBytes) return;
        for (var i = first; i <= last; i++) _surroundings[i] |= Surroundings.ArenaRun;
    }

    private void MarkStack(int guard)
    {
        var stack = guard + 1;
        if (Vmas.Permissions[guard].IsAccessible() || !IsPlainAnonymous(guard) || Length(guard) > LargestGuardBytes) return;
        if (!Touches(guard, stack) || !IsReadWriteAnonymous(stack)) return;
        if (!IsStackSize(Length(stack)) && !IsStackSize(Length(stack) + Length(guard))) return;
        _surroundings[guard] |= Surroundings.GuardBelowStack;
        _surroundings[stack] |= Surroundings.StackAboveGuard;
    }

    /// <summary>Whether stacks of threads have this size, with or without their guard.</summary>
    public static bool IsStackSize(ulong bytes) => Array.IndexOf(StackSizes, bytes) >= 0;

    private void MarkLibraryData(int data)
    {
        if (!Is(data, Surroundings.ElfGroup) || !Vmas.Permissions[data].HasFlag(VmaPermissions.Write)) return;
        var above = data + 1;
        if (Touches(data, above) && IsReadWriteAnonymous(above) && Length(above) <= LargestBssBytes) _surroundings[above] |= Surroundings.AboveLibraryData;
        var below = data - 1;
        if (Touches(below, data) && SameFile(below, data) && IsRelocated(below)) _surroundings[below] |= Surroundings.RelocatedReadOnly;
    }

    /// <summary>RELRO: anonymous pages show it; without that number the layout does, as a second read-only part above the constants.</summary>
    private bool IsRelocated(int row)
    {
        if ((Vmas.Permissions[row] & ~VmaPermissions.Shared) != VmaPermissions.Read) return false;
        if (Vmas[row][Metric.Anonymous] is { } anonymous) return anonymous > 0;
        return Touches(row - 1, row) && SameFile(row - 1, row) && (Vmas.Permissions[row - 1] & ~VmaPermissions.Shared) == VmaPermissions.Read;
    }

    /// <summary>pmap -x and plain pmap call the brk heap "[ anon ]": it lies next above the program, which is mapped lowest.</summary>
    private void MarkUnnamedHeap()
    {
        if (Names("[heap]")) return;
        var program = 0;
        while (program < Vmas.Count && !Is(program, Surroundings.ElfGroup)) program++;
        if (program == Vmas.Count || Vmas.Inodes[program] != 0) return;
        for (var i = program + 1; i < Vmas.Count; i++)
        {
            if (SameFile(i, program) || Is(i, Surroundings.AboveLibraryData)) continue;
            if (IsReadWriteAnonymous(i)) _surroundings[i] |= Surroundings.UnnamedHeap;
            return;
        }
    }

    /// <summary>The vdso is two pages of code directly above [vvar]; pmap -x calls all of them "[ anon ]".</summary>
    private void MarkUnnamedVdso()
    {
        if (Names("[vdso]")) return;
        for (var i = 1; i < Vmas.Count; i++)
        {
            if (!IsPlainAnonymous(i) || Vmas.Permissions[i] != (VmaPermissions.Read | VmaPermissions.Execute) || Length(i) > LargestVdsoBytes) continue;
            var below = i;
            while (Touches(below - 1, below) && IsPlainAnonymous(below - 1) && Vmas.Permissions[below - 1] == VmaPermissions.Read) below--;
            for (var row = below; below < i && row <= i; row++) _surroundings[row] |= Surroundings.UnnamedVdso;
        }
    }

    private bool Names(string name) => Array.IndexOf(Vmas.Names, name, 0, Vmas.Count) >= 0;
}
