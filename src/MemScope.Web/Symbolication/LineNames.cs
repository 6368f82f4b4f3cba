using System.Collections.Concurrent;
using System.Threading.Channels;
using MemScope.Core;
using MemScope.Storage.Live;
using MemScope.Storage.Symbols;
using MemScope.Symbols;
using MemScope.Symbols.Lines;

namespace MemScope.Web.Symbolication;

/// <summary>
/// Source lines and inlined calls of addresses, file by file: from memory, else from the database, else from the tools of <see cref="LineSymbolizer"/>. Addresses are asked for in batches in the background, the
/// files in turn, so that a trace of 50,000 frames holds up neither its own page nor others; who asks waits as long as it likes.
/// </summary>
public sealed class LineNames(SymbolLinesStore store, SymbolFileStore files, SymbolCatalog catalog, LineSymbolizer lines, ChangeFeed feed, Limits limits, TimeProvider time, ILogger<LineNames> log) : BackgroundService
{
    /// <summary>Tool and form of the answers in the database; another word has everything asked again.</summary>
    private const string Tool = "addr2line 1";

    private const int BatchAddresses = 1024;
    private const int Workers = 2;

    /// <summary>How long a missing tool is not asked for again.</summary>
    private static readonly TimeSpan NoToolPause = TimeSpan.FromSeconds(30);

    /// <summary>How often open pages are told of names that came while there are more to come.</summary>
    private static readonly TimeSpan TellPause = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, FileNames> _files = new(StringComparer.Ordinal);
    private readonly Channel<FileNames> _turns = Channel.CreateUnbounded<FileNames>();
    private int _waiting;
    private int _owed;
    private long _toldAt = time.GetTimestamp();

    /// <summary>Addresses that wait, over all files.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Why no lines come, with advice; null as long as they do.</summary>
    public string? Unavailable => lines.Unavailable;

    /// <summary>What is known of an address: its frames (empty when the file tells nothing of it), or null; then <paramref name="isPending"/> says whether asking again may help.</summary>
    public IReadOnlyList<SymbolizedFrame>? Find(LinesFile file, ulong address, out bool isPending)
    {
        isPending = false;
        var names = NamesOf(file);
        if (names.Known.TryGet(address, out var frames)) return frames;
        isPending = names.Problem is null && names.NoToolUntil <= time.GetTimestamp();
        return null;
    }

    /// <summary>Has addresses looked up, and waits until all that can be told is known or the time is over; what is missing then is looked up all the same.</summary>
    public async Task AskAsync(IReadOnlyDictionary<LinesFile, HashSet<ulong>> wanted, TimeSpan wait, CancellationToken cancel)
    {
        var began = time.GetTimestamp();
        foreach (var (file, addresses) in wanted) Enqueue(NamesOf(file), addresses);
        foreach (var (file, addresses) in wanted)
        {
            var names = NamesOf(file);
            while (names.IsWaiting(addresses, out var progress))
            {
                var left = wait - time.GetElapsedTime(began);
                if (left > TimeSpan.Zero && await ArrivesAsync(progress, left, cancel)) continue;
                Volatile.Write(ref _owed, 1);
                return;
            }
        }
    }

    /// <summary>Has open pages ask again when some other work on names is done.</summary>
    internal void TellWhen(Task done) => _ = done.ContinueWith(_ => feed.DeliverSymbols(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => WorkAsync(stoppingToken)));

    private static async Task<bool> ArrivesAsync(Task progress, TimeSpan left, CancellationToken cancel)
    {
        try
        {
            await progress.WaitAsync(left, cancel);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private FileNames NamesOf(LinesFile file)
    {
        var names = _files.GetOrAdd(file.Sha256, static (_, f) => new FileNames(f), file);
        names.UsedAt = time.GetTimestamp();
        return names;
    }

    private void Enqueue(FileNames names, HashSet<ulong> addresses)
    {
        if (names.Problem is not null || names.NoToolUntil > time.GetTimestamp()) return;
        names.NoToolUntil = 0;
        var added = names.Add(addresses, limits.NamingQueue - Volatile.Read(ref _waiting), out var isFirst);
        Interlocked.Add(ref _waiting, added);
        if (isFirst) _turns.Writer.TryWrite(names);
    }

    private async Task WorkAsync(CancellationToken stop)
    {
        await foreach (var names in _turns.Reader.ReadAllAsync(stop))
        {
            var batch = names.Take(BatchAddresses);
            try
            {
                await LookUpAsync(names, batch, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                log.LogError(e, "Lines of {File} could not be looked up", names.File.File.Id);
            }
            var isMore = names.Done(batch, out var dropped);
            Interlocked.Add(ref _waiting, -(batch.Count + dropped));
            if (isMore) _turns.Writer.TryWrite(names);
            Tell();
            Forget(names);
        }
    }

    private async Task LookUpAsync(FileNames names, List<ulong> batch, CancellationToken stop)
    {
        var sha = Convert.FromHexString(names.File.Sha256);
        var left = new HashSet<ulong>(batch);
        foreach (var (address, stored) in await store.FindAsync(sha, Tool, batch, stop))
        {
            if (LinesCodec.Read(stored) is not { } frames) continue;
            names.Known.Add(address, frames);
            left.Remove(address);
        }
        if (left.Count == 0) return;
        ulong[] asked = [.. left.Order()];
        var told = await lines.SymbolizeAsync(names.File.Path, asked, stop);
        var fresh = new List<KeyValuePair<ulong, byte[]>>(asked.Length);
        for (var i = 0; i < asked.Length; i++)
        {
            if (told[i].Frames.Count == 0 && told[i].Miss is not SymbolMiss.UnknownAddress) continue;
            names.Known.Add(asked[i], told[i].Frames);
            fresh.Add(new(asked[i], LinesCodec.Write(told[i].Frames)));
        }
        await store.KeepAsync(sha, Tool, fresh, stop);
        if (told.FirstOrDefault(t => t.Miss is SymbolMiss.Malformed) is { } damaged) await PutAsideAsync(names, damaged.Reason ?? "", stop);
        else if (lines.Unavailable is not null || Array.Exists([.. told], t => t.Miss is SymbolMiss.NoSymbols)) names.NoToolUntil = time.GetTimestamp() + (long)(NoToolPause.TotalSeconds * time.TimestampFrequency);
    }

    /// <summary>A file at which the tool came down is no source of lines any more, here and after a restart: the next best of its build id takes its place.</summary>
    private async Task PutAsideAsync(FileNames names, string reason, CancellationToken stop)
    {
        names.Problem = reason;
        var file = names.File.File;
        log.LogWarning("symbol file {File} tells no lines any more: {Problem}", file.Id, reason);
        var quality = file.Functions > 0 ? SymbolQuality.Functions : SymbolQuality.None;
        await files.JudgeAsync(file.Id, new SymbolJudgement(quality, SymbolReader.Version, reason), file.Functions, stop);
        catalog.Refresh();
        feed.PublishSymbols();
    }

    /// <summary>Has open pages ask again that went without names, now and then while there are more to come.</summary>
    private void Tell()
    {
        if (Volatile.Read(ref _owed) == 0 || (Waiting > 0 && time.GetElapsedTime(Volatile.Read(ref _toldAt)) < TellPause)) return;
        Volatile.Write(ref _toldAt, time.GetTimestamp());
        if (Waiting == 0) Volatile.Write(ref _owed, 0);
        feed.DeliverSymbols();
    }

    private void Forget(FileNames current)
    {
        if (_files.Values.Sum(f => (long)f.Known.Count) <= limits.NamedAddresses) return;
        foreach (var (sha, names) in _files.OrderBy(f => f.Value.UsedAt))
        {
            if (names == current || !names.IsIdle) continue;
            _files.TryRemove(sha, out _);
            if (_files.Values.Sum(f => (long)f.Known.Count) <= limits.NamedAddresses) return;
        }
    }

    /// <summary>What is known of the addresses of one file, and which wait.</summary>
    private sealed class FileNames(LinesFile file)
    {
        private readonly Lock _gate = new();
        private readonly HashSet<ulong> _waiting = [];
        private readonly Queue<ulong> _queue = new();
        private TaskCompletionSource _progress = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private bool _hasTurn;

        public LinesFile File { get; } = file;

        /// <summary>Bounded by the number of addresses over all files, not by itself: what was just asked for must stay.</summary>
        public SymbolizedModule Known { get; } = new(long.MaxValue);

        /// <summary>Why it is not asked any more, or null.</summary>
        public string? Problem { get; set; }

        /// <summary>Until when it is not asked because no tool is there.</summary>
        public long NoToolUntil { get; set; }

        public long UsedAt { get; set; }

        public bool IsIdle
        {
            get { lock (_gate) return _waiting.Count == 0; }
        }

        /// <summary>Takes addresses in, at most so many; <paramref name="isFirst"/> tells that the file needs a turn.</summary>
        public int Add(HashSet<ulong> addresses, int most, out bool isFirst)
        {
            lock (_gate)
            {
                var before = _waiting.Count;
                foreach (var address in addresses)
                {
                    if (_waiting.Count - before >= most) break;
                    if (!Known.TryGet(address, out _) && _waiting.Add(address)) _queue.Enqueue(address);
                }
                isFirst = _queue.Count > 0 && !_hasTurn;
                _hasTurn |= isFirst;
                return _waiting.Count - before;
            }
        }

        public List<ulong> Take(int most)
        {
            lock (_gate)
            {
                var batch = new List<ulong>(Math.Min(most, _queue.Count));
                while (batch.Count < most && _queue.TryDequeue(out var address)) batch.Add(address);
                return batch;
            }
        }

        /// <summary>Ends the turn of a batch; true when the file needs another. When it is not asked any more, those that wait are let go.</summary>
        public bool Done(List<ulong> batch, out int dropped)
        {
            TaskCompletionSource done;
            lock (_gate)
            {
                foreach (var address in batch) _waiting.Remove(address);
                dropped = 0;
                if (Problem is not null || NoToolUntil > 0)
                {
                    dropped = _queue.Count;
                    _queue.Clear();
                    _waiting.Clear();
                }
                _hasTurn = _queue.Count > 0;
                (done, _progress) = (_progress, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            }
            done.SetResult();
            return _hasTurn;
        }

        /// <summary>Whether any of these addresses waits; <paramref name="progress"/> ends with the next batch.</summary>
        public bool IsWaiting(HashSet<ulong> addresses, out Task progress)
        {
            lock (_gate)
            {
                progress = _progress.Task;
                return _waiting.Count > 0 && addresses.Overlaps(_waiting);
            }
        }
    }
}
