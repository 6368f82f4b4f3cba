using System.Globalization;
using System.Text;

namespace MemScope.Agent.Proc;

/// <summary>A process of this machine. It is the same one as long as its start ticks are: a pid may be used again.</summary>
internal sealed class TargetProcess
{
    private const int TicksPerSecond = 100; // USER_HZ: fixed for user space on every architecture that .NET runs on
    private const int StartTicksField = 22; // counted from 1, proc_pid_stat(5)

    private readonly TimeProvider _time;
    private readonly ProcReader _reader = new();

    private TargetProcess(int pid, ulong startTicks, DateTimeOffset startTime, string bootId, TimeProvider time) =>
        (Pid, StartTicks, StartTime, BootId, _time) = (pid, startTicks, startTime, bootId, time);

    /// <summary>Process id.</summary>
    public int Pid { get; }

    /// <summary>Start in clock ticks since boot.</summary>
    public ulong StartTicks { get; }

    /// <summary>Start as wall time, for people.</summary>
    public DateTimeOffset StartTime { get; }

    /// <summary>Id of this boot of the machine.</summary>
    public string BootId { get; }

    /// <summary>Finds a running process whose smaps may be read.</summary>
    /// <exception cref="TargetProcessException">There is none, or it may not be read; the message says what to do.</exception>
    public static TargetProcess Open(int pid, TimeProvider time)
    {
        if (StartTicksOf(pid) is not { } ticks) throw new TargetProcessException($"there is no process {pid}");
        try
        {
            using var smaps = File.OpenRead($"/proc/{pid}/smaps");
            if (smaps.ReadByte() < 0) throw new TargetProcessException($"process {pid} has no memory of its own: it is a kernel thread or has ended");
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new TargetProcessException($"/proc/{pid}/smaps cannot be read ({e.Message}): run the agent as the user of process {pid} or as root", e);
        }
        var bootId = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        return new TargetProcess(pid, ticks, BootTime() + TimeSpan.FromSeconds((double)ticks / TicksPerSecond), bootId, time);
    }

    /// <summary>Reads smaps and status one after the other, or gives null when the process has ended.</summary>
    public ProcSnapshot? Take(int number)
    {
        var takenAt = _time.GetUtcNow();
        var before = ThreadCpu.Used;
        var smaps = _reader.Read($"/proc/{Pid}/smaps");
        var status = _reader.Read($"/proc/{Pid}/status");
        var cost = ThreadCpu.Used - before;
        if (smaps is not { Length: > 0 } || status is null || StartTicksOf(Pid) != StartTicks) return null;
        return new ProcSnapshot(number, takenAt, smaps, status, cost);
    }

    private static ulong? StartTicksOf(int pid)
    {
        try
        {
            return StartTicksIn(File.ReadAllText($"/proc/{pid}/stat", Encoding.Latin1));
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Field 22. The name in field 2 may hold blanks and parentheses, so fields are counted behind the last one.</summary>
    internal static ulong? StartTicksIn(string stat)
    {
        var name = stat.LastIndexOf(')');
        if (name < 0) return null;
        var fields = stat[(name + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        const int FirstBehindName = 3;
        return fields.Length > StartTicksField - FirstBehindName
            && ulong.TryParse(fields[StartTicksField - FirstBehindName], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) ? ticks : null;
    }

    private static DateTimeOffset BootTime()
    {
        var line = File.ReadLines("/proc/stat").FirstOrDefault(l => l.StartsWith("btime ", StringComparison.Ordinal));
        return DateTimeOffset.FromUnixTimeSeconds(line is null ? 0 : long.Parse(line.AsSpan("btime ".Length), CultureInfo.InvariantCulture));
    }
}

/// <summary>A process cannot be watched; the message is meant for the person at the terminal.</summary>
internal sealed class TargetProcessException(string message, Exception? inner = null) : Exception(message, inner);
