using MemScope.Agent.Proc;

namespace MemScope.Agent.Watching;

/// <summary>A snapshot that waits for the server.</summary>
/// <param name="Snapshot">What was read, for the log.</param>
/// <param name="Archive">What is sent.</param>
/// <param name="Key">Its idempotency key: sent twice it is stored once.</param>
internal sealed record WaitingSnapshot(ProcSnapshot Snapshot, byte[] Archive, string Key);

/// <summary>Snapshots that wait for the server, oldest first. When they are more than <paramref name="capacityBytes"/> the oldest are dropped and counted.</summary>
internal sealed class Spool(long capacityBytes) : IDisposable
{
    private readonly Queue<WaitingSnapshot> _waiting = new();
    private readonly SemaphoreSlim _available = new(0);
    private long _bytes;
    private bool _complete;

    /// <summary>How many were dropped.</summary>
    public int Dropped { get; private set; }

    /// <summary>How many wait.</summary>
    public int Count
    {
        get { lock (_waiting) return _waiting.Count; }
    }

    /// <summary>Adds one.</summary>
    public void Add(WaitingSnapshot snapshot)
    {
        lock (_waiting)
        {
            _waiting.Enqueue(snapshot);
            _bytes += snapshot.Archive.Length;
            while (_bytes > capacityBytes && _waiting.Count > 1)
            {
                _bytes -= _waiting.Dequeue().Archive.Length;
                Dropped++;
            }
        }
        _available.Release();
    }

    /// <summary>No more will come.</summary>
    public void Complete()
    {
        lock (_waiting) _complete = true;
        _available.Release();
    }

    /// <summary>Takes the oldest, waiting for one; null when there is none and none will come.</summary>
    public async Task<WaitingSnapshot?> NextAsync(CancellationToken cancel)
    {
        while (true)
        {
            lock (_waiting)
            {
                if (_waiting.TryDequeue(out var next))
                {
                    _bytes -= next.Archive.Length;
                    return next;
                }
                if (_complete) return null;
            }
            await _available.WaitAsync(cancel);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _available.Dispose();
}
