namespace MemScope.Core.Analysis.Growth;

/// <summary>What ends growth: a cgroup's limit or the machine's RAM.</summary>
/// <param name="Kind"><c>cgroup</c> or <c>ram</c>.</param>
/// <param name="Label">The cgroup's folder as the capture names it, or null.</param>
/// <param name="LimitBytes"><c>memory.max</c>, <c>memory.limit_in_bytes</c> or <c>MemTotal</c>.</param>
/// <param name="UsedBytes">What counted against it at <paramref name="At"/>: <c>memory.current</c>, <c>memory.usage_in_bytes</c>, <c>MemTotal - MemAvailable</c>; null when the capture does not say.</param>
/// <param name="At">When these were read (UTC).</param>
public sealed record MemoryLimit(string Kind, string? Label, long LimitBytes, long? UsedBytes, DateTimeOffset At)
{
    /// <summary>The kernel prints 2^63 less a page for no limit; nothing above this is one.</summary>
    private const long Unlimited = 1L << 60;

    /// <summary>
    /// The limits that figures name. A cgroup's limit holds for all that is charged to it: other processes in it, their page cache and kernel memory too. RAM holds for all of the machine, and
    /// MemAvailable is the kernel's estimate of what can be had without swapping (Documentation/filesystems/proc.rst).
    /// </summary>
    public static IEnumerable<MemoryLimit> Of(string kind, string? label, IReadOnlyDictionary<string, long> bytes, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        if (kind == "cgroup")
        {
            if (Real(bytes, "memory.max") is { } max) yield return new("cgroup", label, max, Used(bytes, "memory.current"), at);
            if (Real(bytes, "memory.limit_in_bytes") is { } limit) yield return new("cgroup", label, limit, Used(bytes, "memory.usage_in_bytes"), at);
            else if (Real(bytes, "hierarchical_memory_limit") is { } inherited) yield return new("cgroup", label, inherited, Used(bytes, "memory.usage_in_bytes"), at);
        }
        else if (kind == "meminfo" && Real(bytes, "MemTotal") is { } total)
        {
            long? available = bytes.TryGetValue("MemAvailable", out var a) && a >= 0 && a <= total ? a : null;
            yield return new("ram", label, total, total - available, at);
        }
    }

    /// <summary>What is left of it, given what the process has: without a word on what is used, what the process has is all that is known.</summary>
    public long LeftBytes(long rssBytes) => Math.Max(0, LimitBytes - (UsedBytes ?? rssBytes));

    private static long? Real(IReadOnlyDictionary<string, long> bytes, string key) => bytes.TryGetValue(key, out var value) && value is > 0 and < Unlimited ? value : null;

    private static long? Used(IReadOnlyDictionary<string, long> bytes, string key) => bytes.TryGetValue(key, out var value) && value >= 0 ? value : null;
}
