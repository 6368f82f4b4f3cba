namespace MemScope.Core.Analysis.Categories;

/// <summary>What the name column of maps says, by text alone: device numbers are reused and never decide.</summary>
internal static class MappingNames
{
    /// <summary>Files and pseudo files: everything that has a name without brackets around it.</summary>
    public static bool IsFile(string name) => name.Length > 0 && name[0] != '[';

    public static bool IsBracketed(string name) => name.Length > 1 && name[0] == '[' && name[^1] == ']';

    public static bool IsMainStack(string name) => name is "[stack]" or "[ stack ]";

    /// <summary><c>[stack:1234]</c>: kernels 3.4 to 4.4.</summary>
    public static bool IsNamedThreadStack(string name) => name.StartsWith("[stack:", StringComparison.Ordinal);

    public static bool IsKernelPage(string name) =>
        name is "[vdso]" or "[vsyscall]" or "[uprobes]" or "[sigpage]" or "[vectors]" or "[kuser helpers]" or "[timens]" || name.StartsWith("[vvar", StringComparison.Ordinal);

    public static bool IsHugeFile(string name) =>
        name.StartsWith("/anon_hugepage", StringComparison.Ordinal) || name.StartsWith("/dev/hugepages", StringComparison.Ordinal) || Without(name) is "anon_hugepage";

    /// <summary>POSIX, SysV and anonymous shared memory and memfd; pmap prints the last part of the path only.</summary>
    public static bool IsSharedMemory(string name)
    {
        if (name.StartsWith("/memfd:", StringComparison.Ordinal) || name.StartsWith("memfd:", StringComparison.Ordinal)) return true;
        if (name.StartsWith("/SYSV", StringComparison.Ordinal) || name.StartsWith("SYSV", StringComparison.Ordinal)) return true;
        return name.StartsWith("/dev/shm/", StringComparison.Ordinal) || name.StartsWith("/run/shm/", StringComparison.Ordinal)
            || name.StartsWith("[ shmid=", StringComparison.Ordinal) || name.StartsWith("/dev/zero", StringComparison.Ordinal) || name is "zero (deleted)" || name.StartsWith("[anon_shmem:", StringComparison.Ordinal);
    }

    public static bool IsMemfd(string name) =>
        name.StartsWith("/memfd:", StringComparison.Ordinal) || name.StartsWith("memfd:", StringComparison.Ordinal);

    /// <summary>Drivers' mappings by their path.</summary>
    public static bool IsDevice(string name) =>
        (name.StartsWith("/dev/", StringComparison.Ordinal) && !IsSharedMemory(name))
        || name.StartsWith("anon_inode:", StringComparison.Ordinal) || name.StartsWith("[anon_inode:", StringComparison.Ordinal)
        || name.StartsWith("/dmabuf", StringComparison.Ordinal) || name.StartsWith("dmabuf:", StringComparison.Ordinal)
        || name.StartsWith("/drm mm object", StringComparison.Ordinal) || name.StartsWith("/i915", StringComparison.Ordinal)
        || name.StartsWith("socket:[", StringComparison.Ordinal) || name.StartsWith("/sys/", StringComparison.Ordinal)
        || name.StartsWith("/proc/bus/pci/", StringComparison.Ordinal);

    /// <summary>Device files as pmap prints them, without their folder.</summary>
    public static bool IsDeviceBaseName(string name) =>
        !name.Contains('/', StringComparison.Ordinal) && (name is "kfd" || name.StartsWith("nvidia", StringComparison.Ordinal) && !name.Contains('.', StringComparison.Ordinal)
        || name.StartsWith("renderD", StringComparison.Ordinal) || name.StartsWith("uverbs", StringComparison.Ordinal));

    /// <summary>The runtime's hints for 64-bit Linux: arenas from 0x00c0 × 2^32 (runtime/malloc.go).</summary>
    public static bool IsGoHeapAddress(ulong start) => start is >= 0xc0_0000_0000 and < 0xc1_0000_0000;

    /// <summary>VSYSCALL_ADDR of arch/x86/include/uapi/asm/vsyscall.h.</summary>
    public static bool IsVsyscallAddress(ulong start) => start == 0xffff_ffff_ff60_0000;

    public static ReadOnlySpan<char> OwnersName(string name)
    {
        if (!IsBracketed(name)) return default;
        if (name.StartsWith("[anon:", StringComparison.Ordinal)) return name.AsSpan(6, name.Length - 7).Trim();
        return name.StartsWith("[anon_shmem:", StringComparison.Ordinal) ? name.AsSpan(12, name.Length - 13).Trim() : default;
    }

    private static ReadOnlySpan<char> Without(string name) => name.EndsWith(" (deleted)", StringComparison.Ordinal) ? name.AsSpan(0, name.Length - 10) : name;
}
