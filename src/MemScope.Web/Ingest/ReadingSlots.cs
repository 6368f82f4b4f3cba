using MemScope.Web.Api;

namespace MemScope.Web.Ingest;

/// <summary>Bounds how many files are read at once, because a file being read is held in memory. Others wait a while, then are asked to come again.</summary>
internal sealed class ReadingSlots : IDisposable
{
    private const int MostWaiting = 256;
    private const int RetrySeconds = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly SemaphoreSlim _slots = new(Math.Clamp(Environment.ProcessorCount, 2, 8));
    private int _waiting;

    /// <summary>Runs <paramref name="read"/> on a pool thread as soon as there is a slot.</summary>
    /// <exception cref="ProblemException">503 when there is none in time.</exception>
    public async Task<T> RunAsync<T>(Func<T> read, CancellationToken cancel)
    {
        try
        {
            if (Interlocked.Increment(ref _waiting) > MostWaiting || !await _slots.WaitAsync(Patience, cancel)) throw Busy;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
        try
        {
            return await Task.Run(read, cancel);
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _slots.Dispose();

    private static ProblemException Busy => new(StatusCodes.Status503ServiceUnavailable, "busy", "Too many uploads at once. Nothing was stored; send it again.") { RetryAfterSeconds = RetrySeconds };
}
