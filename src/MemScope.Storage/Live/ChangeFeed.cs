using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MemScope.Storage.Live;

/// <summary>
/// Tells that a process changed, on whichever node the upload came in (LISTEN/NOTIFY). Carries ids only: readers query again. Sent after the commit and outside of it,
/// ten times a second at most: NOTIFY takes a lock of the whole database at commit.
/// </summary>
public sealed class ChangeFeed(NpgsqlDataSource source, TimeProvider time, ILogger<ChangeFeed> logger) : BackgroundService
{
    private const string Channel = "memscope_changed";
    private const string SymbolsWord = "symbols"; // among the ids of processes; a node that does not know it passes it over
    private const string BesideWord = "beside"; // before the id of a process, where others have the id before a number
    private const int MostPayloadBytes = 7900; // NOTIFY takes less than 8,000
    private static readonly TimeSpan SendPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ReconnectPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Probe = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<Guid, long> _pending = new();
    private readonly ConcurrentDictionary<Subscription, byte> _subscriptions = new();
    private readonly ConcurrentDictionary<Listener, byte> _symbolListeners = new();
    private readonly ConcurrentDictionary<Guid, byte> _besidePending = new();
    private readonly ConcurrentDictionary<BesideListener, byte> _besideListeners = new();
    private readonly SemaphoreSlim _wake = new(0);
    private int _symbolsPending;
    private bool _listening = true;
    private DateTimeOffset _heardAt = time.GetUtcNow();

    /// <summary>How many subscriptions are open.</summary>
    public int Subscriptions => _subscriptions.Count + _symbolListeners.Count + _besideListeners.Count;

    /// <summary>Calls <paramref name="changed"/> with the process' <c>ChangeSeq</c> after each change until the result is disposed. Called on a pool thread; must not block.</summary>
    public IDisposable Subscribe(Guid process, Action<long> changed) => Add(process, (_, seq) => changed(seq));

    /// <summary>The same for every process.</summary>
    public IDisposable SubscribeAll(Action<Guid, long> changed) => Add(null, changed);

    /// <summary>
    /// Calls <paramref name="changed"/> when symbol files came or went on any node, and when this node learned names that an answer had to do without, until the result is disposed. Called on a
    /// pool thread; must not block.
    /// </summary>
    public IDisposable SubscribeSymbols(Action changed)
    {
        var listener = new Listener(this, changed);
        _symbolListeners.TryAdd(listener, 0);
        return listener;
    }

    /// <summary>Announces on every node that symbol files came or went: names of frames may have changed in every process.</summary>
    public void PublishSymbols()
    {
        Volatile.Write(ref _symbolsPending, 1);
        if (_wake.CurrentCount == 0) _wake.Release();
    }

    /// <summary>Tells the listeners of this node alone: names that were being looked up here are known now.</summary>
    public void DeliverSymbols()
    {
        foreach (var listener in _symbolListeners.Keys)
        {
            try { listener.Changed(); }
            catch (Exception e) { logger.LogError(e, "A subscriber failed"); } // one reader's fault must not silence the others
        }
    }

    /// <summary>
    /// Calls <paramref name="changed"/> when something that stands beside the captures of a process is another, its notes or its stored verdict, until the result is disposed. Called on a pool
    /// thread; must not block.
    /// </summary>
    public IDisposable SubscribeBeside(Action<Guid> changed)
    {
        var listener = new BesideListener(this, changed);
        _besideListeners.TryAdd(listener, 0);
        return listener;
    }

    /// <summary>Announces on every node that notes or the stored verdict of a process are others. Its captures are not: no figure has changed.</summary>
    internal void PublishBeside(Guid process)
    {
        _besidePending.TryAdd(process, 0);
        if (_wake.CurrentCount == 0) _wake.Release();
    }

    /// <summary>Announces committed changes: process to change number.</summary>
    internal void Publish(IReadOnlyDictionary<Guid, long> changes)
    {
        foreach (var (process, seq) in changes) _pending.AddOrUpdate(process, seq, (_, known) => Math.Max(known, seq));
        if (_wake.CurrentCount == 0) _wake.Release();
    }

    /// <inheritdoc />
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(SendAsync(stoppingToken), ListenAsync(stoppingToken));

    /// <inheritdoc />
    public override void Dispose()
    {
        _wake.Dispose();
        base.Dispose();
    }

    private Subscription Add(Guid? process, Action<Guid, long> changed)
    {
        var subscription = new Subscription(this, process, changed);
        _subscriptions.TryAdd(subscription, 0);
        return subscription;
    }

    private async Task SendAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var taken = new Dictionary<Guid, long>();
            var symbols = false;
            var beside = new List<Guid>();
            try
            {
                await _wake.WaitAsync(stop);
                symbols = Interlocked.Exchange(ref _symbolsPending, 0) == 1;
                if (symbols) await NotifyAsync(SymbolsWord, stop);
                symbols = false;
                foreach (var process in _pending.Keys)
                    if (_pending.TryRemove(process, out var seq)) taken.Add(process, seq);
                foreach (var process in _besidePending.Keys)
                    if (_besidePending.TryRemove(process, out _)) beside.Add(process);
                foreach (var payload in Payloads(taken, beside)) await NotifyAsync(payload, stop);
                await Task.Delay(SendPause, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException)
            {
                logger.LogDebug("A change is announced later: {Problem}", e.Message);
                await PauseAsync(stop);
                if (symbols) PublishSymbols();
                foreach (var process in beside) _besidePending.TryAdd(process, 0);
                Publish(taken);
            }
        }
    }

    private static IEnumerable<string> Payloads(Dictionary<Guid, long> changes, List<Guid> beside)
    {
        var payload = new StringBuilder();
        foreach (var word in changes.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Key}:{c.Value} ")).Concat(beside.Select(p => $"{BesideWord}:{p} ")))
        {
            payload.Append(word);
            if (payload.Length < MostPayloadBytes - 60) continue;
            yield return payload.ToString();
            payload.Clear();
        }
        if (payload.Length > 0) yield return payload.ToString();
    }

    private static async Task PauseAsync(CancellationToken stop)
    {
        try { await Task.Delay(ReconnectPause, stop); }
        catch (OperationCanceledException) { } // the loop's condition ends it
    }

    private async Task NotifyAsync(string payload, CancellationToken cancel)
    {
        await using var command = source.CreateCommand("SELECT pg_notify($1, $2)");
        command.Parameters.Add(new() { Value = Channel });
        command.Parameters.Add(new() { Value = payload });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private async Task ListenAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await ListenOnceAsync(stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException or InvalidOperationException)
            {
                if (_listening) logger.LogWarning("Live updates pause until the database answers: {Problem}", e.Message);
                _listening = false; // told once per outage
                await PauseAsync(stop);
            }
        }
    }

    private async Task ListenOnceAsync(CancellationToken stop)
    {
        await using var connection = await source.OpenConnectionAsync(stop);
        connection.Notification += (_, e) => Receive(e.Payload);
        await using (var listen = new NpgsqlCommand($"LISTEN {Channel}", connection)) await listen.ExecuteNonQueryAsync(stop);
        await CatchUpAsync(connection, stop);
        if (!_listening) logger.LogInformation("Live updates go on");
        _listening = true;
        while (true)
        {
            if (await connection.WaitAsync(Probe, stop)) continue;
            await using var probe = new NpgsqlCommand("SELECT 1", connection); // a connection that died in silence shows here
            await probe.ExecuteNonQueryAsync(stop);
            _heardAt = time.GetUtcNow();
        }
    }

    /// <summary>What changed while nobody listened.</summary>
    private async Task CatchUpAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT process_id, change_seq FROM process_state WHERE process_id = ANY ($1)
            UNION SELECT process_id, change_seq FROM (SELECT * FROM process_state WHERE last_upload_at >= $2 ORDER BY last_upload_at DESC LIMIT 1000) recent
            """, connection)
        {
            Parameters = { new() { Value = _subscriptions.Keys.Select(s => s.Process).OfType<Guid>().Distinct().ToArray() }, new() { Value = (_heardAt - TimeSpan.FromMinutes(1)).UtcDateTime } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel)) Deliver(reader.GetGuid(0), reader.GetInt64(1));
        _heardAt = time.GetUtcNow();
        if (_listening) return;
        DeliverSymbols();
        foreach (var process in _subscriptions.Keys.Select(s => s.Process).OfType<Guid>().Distinct()) DeliverBeside(process);
    }

    private void Receive(string payload)
    {
        _heardAt = time.GetUtcNow();
        if (payload == SymbolsWord) DeliverSymbols();
        foreach (var change in payload.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (change.Split(':') is not [var id, var number]) continue;
            if (id == BesideWord && Guid.TryParse(number, out var beside)) DeliverBeside(beside);
            else if (Guid.TryParse(id, out var process) && long.TryParse(number, CultureInfo.InvariantCulture, out var seq)) Deliver(process, seq);
        }
    }

    private void DeliverBeside(Guid process)
    {
        foreach (var listener in _besideListeners.Keys)
        {
            try { listener.Changed(process); }
            catch (Exception e) { logger.LogError(e, "A subscriber failed"); } // one reader's fault must not silence the others
        }
    }

    private void Deliver(Guid process, long seq)
    {
        foreach (var subscription in _subscriptions.Keys)
        {
            if (subscription.Process is { } wanted && wanted != process) continue;
            try { subscription.Deliver(process, seq); }
            catch (Exception e) { logger.LogError(e, "A subscriber failed"); } // one reader's fault must not silence the others
        }
    }

    private sealed class Listener(ChangeFeed feed, Action changed) : IDisposable
    {
        public Action Changed => changed;

        public void Dispose() => feed._symbolListeners.TryRemove(this, out _);
    }

    private sealed class BesideListener(ChangeFeed feed, Action<Guid> changed) : IDisposable
    {
        public Action<Guid> Changed => changed;

        public void Dispose() => feed._besideListeners.TryRemove(this, out _);
    }

    private sealed class Subscription(ChangeFeed feed, Guid? process, Action<Guid, long> changed) : IDisposable
    {
        private long _last;

        public Guid? Process => process;

        /// <summary>A subscription to one process hears each change once, also when it is caught up on.</summary>
        public void Deliver(Guid changedProcess, long seq)
        {
            if (process is not null && seq <= _last) return;
            _last = seq;
            changed(changedProcess, seq);
        }

        public void Dispose() => feed._subscriptions.TryRemove(this, out _);
    }
}
