namespace MemScope.Core.Formats.Kernel;

/// <summary>Figures that the kernel prints of a process, of its cgroup and of the machine. One parser reads them all; the first kind in a text names it.</summary>
internal static class KernelFormats
{
    /// <summary>/proc/PID/stat.</summary>
    public static InputFormat Stat { get; } = Make("stat", "/proc/PID/stat", "cat /proc/PID/stat");

    /// <summary>/proc/PID/statm.</summary>
    public static InputFormat Statm { get; } = Make("statm", "/proc/PID/statm", "cat /proc/PID/statm");

    /// <summary>The memory files of a cgroup.</summary>
    public static InputFormat Cgroup { get; } = Make("cgroup", "cgroup memory files (v1 and v2)", "grep . /sys/fs/cgroup/PATH/memory.*");

    /// <summary>/proc/meminfo.</summary>
    public static InputFormat Meminfo { get; } = Make("meminfo", "/proc/meminfo", "cat /proc/meminfo");

    /// <summary>/proc/vmstat.</summary>
    public static InputFormat Vmstat { get; } = Make("vmstat", "/proc/vmstat", "cat /proc/vmstat");

    private static InputFormat Make(string slug, string title, string command) =>
        new(slug, title, command, head => KernelText.Kind(head) == slug, (file, options) => KernelText.Parse(file, options, slug)) { Family = FormatFamily.Figures };
}
