using System.Collections.Concurrent;
using MemScope.Core.Model;

namespace MemScope.Torture;

/// <summary>A snapshot that was sent.</summary>
/// <param name="Vmas">Its mappings.</param>
internal sealed record Sent(VmaTable Vmas)
{
    /// <summary>The store has said that it has it: from here on it must be there.</summary>
    public volatile bool IsAcknowledged;
}

/// <summary>What one process must have: plain memory, by the time of taking, which no two snapshots of it share.</summary>
internal sealed class ProcessOracle(int pid)
{
    /// <summary>By ticks of the time of taking.</summary>
    public ConcurrentDictionary<long, Sent> Snapshots { get; } = new();

    /// <summary>By number the ticks, as first read: a number never changes.</summary>
    public ConcurrentDictionary<int, long> Numbers { get; } = new();

    public int Pid => pid;

    /// <summary>Known after the first acknowledgement.</summary>
    public Guid? Id { get; set; }

    /// <summary>The times of all that must be there now.</summary>
    public HashSet<long> Acknowledged() => [.. Snapshots.Where(s => s.Value.IsAcknowledged).Select(s => s.Key)];
}

/// <summary>What happened, counted.</summary>
internal sealed class Tally
{
    public long Snapshots, Uploads, Retries, Repeats, Late, Folds, Kills, KillsInFold, PostgresKills, Reads, Rows, Interrupted, Wrong, Lost;

    private readonly ConcurrentQueue<string> _complaints = new();

    /// <summary>The first complaints, to be printed.</summary>
    public IEnumerable<string> Complaints => _complaints.Take(20);

    public void Complain(ref long counter, string what)
    {
        Interlocked.Increment(ref counter);
        _complaints.Enqueue(what);
    }
}
