using System.Globalization;

namespace MemScope.Benchmarks.Engine;

/// <summary>CPU time of processes, from /proc/PID/stat.</summary>
internal static class ProcessCpu
{
    private const double TicksPerSecond = 100; // USER_HZ, the same on every Linux

    /// <summary>User and system seconds of a process and all its descendants, also of those that have ended and been waited for.</summary>
    public static double OfTree(int root)
    {
        var parents = new Dictionary<int, (int Parent, double Cpu)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && Read(pid) is { } stat) parents[pid] = stat;
        return parents.Where(p => IsBelow(p.Key)).Sum(p => p.Value.Cpu);

        bool IsBelow(int pid)
        {
            while (pid != root && parents.TryGetValue(pid, out var stat)) pid = stat.Parent;
            return pid == root;
        }
    }

    private static (int Parent, double Cpu)? Read(int pid)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{pid}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' '); // from field 3, state (proc_pid_stat(5))
            return (int.Parse(fields[1], CultureInfo.InvariantCulture), Enumerable.Range(11, 4).Sum(i => long.Parse(fields[i], CultureInfo.InvariantCulture)) / TicksPerSecond);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // it has ended
        }
    }
}
