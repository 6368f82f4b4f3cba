using System.Collections.Concurrent;
using MemScope.Storage.Captures;
using MemScope.Storage.Live;
using MemScope.Storage.Symbols;
using MemScope.Symbols;
using MemScope.Symbols.Elf;
using MemScope.Symbols.Lines;

namespace MemScope.Web.Symbolication;

/// <summary>
/// Finds the symbols of a module. A build id is the identity; where the tracer printed none, a file of the same name stands in when exactly one build id bears that name. Of several files the best
/// one tells lines, the one with the richest table names, and any that has them the segments.
/// </summary>
public sealed class SymbolCatalog : IDisposable
{
    /// <summary>How long a list of files is believed when no news came: news get lost while the database is away.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);

    /// <summary>Files that are known at once, the newest of the project.</summary>
    private const int MostFiles = 50_000;

    /// <summary>Files of one build id that are read, the best ones: the program, its debug file, a few copies.</summary>
    private const int MostFilesOfModule = 8;

    /// <summary>Modules whose symbols are kept in memory.</summary>
    private const int MostModules = 256;

    /// <summary>Functions of all modules that are kept in memory; beyond it the modules used longest ago go.</summary>
    private const long MostFunctions = 8_000_000;

    /// <summary>Modules that are unpacked and read at once.</summary>
    private const int LoadsAtOnce = 2;

    private readonly SymbolFileStore _store;
    private readonly SymbolFolder _folder;
    private readonly SymbolJudge _judge;
    private readonly TimeProvider _time;
    private readonly ILogger<SymbolCatalog> _log;
    private readonly IDisposable _news;
    private readonly SemaphoreSlim _listing = new(1, 1);
    private readonly SemaphoreSlim _loads = new(LoadsAtOnce, LoadsAtOnce);
    private readonly ConcurrentDictionary<string, Kept> _modules = new(StringComparer.Ordinal);
    private SymbolFileIndex _files = new([]);
    private long _listedAt = long.MinValue;
    private long _version;

    /// <summary>Rises with every upload: names that were found at a lower one may be better now.</summary>
    public long Version => Interlocked.Read(ref _version);

    /// <summary>Makes one; nothing is read before the first question.</summary>
    public SymbolCatalog(SymbolFileStore store, SymbolFolder folder, LineSymbolizer lines, ChangeFeed feed, TimeProvider time, ILogger<SymbolCatalog> log)
    {
        (_store, _folder, _judge, _time, _log) = (store, folder, new SymbolJudge(lines), time, log);
        _news = feed.SubscribeSymbols(Refresh);
    }

    /// <summary>Forgets the list of files; call it after an upload.</summary>
    public void Refresh()
    {
        Volatile.Write(ref _listedAt, long.MinValue);
        Interlocked.Increment(ref _version);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _news.Dispose();
        _listing.Dispose();
        _loads.Dispose();
    }

    /// <summary>Symbols of the module with that build id, or of that name; null when no usable file is there for it.</summary>
    /// <param name="path">Path of the module as a tracer or maps printed it.</param>
    /// <param name="buildId">Build id in hex when the tracer printed one.</param>
    /// <param name="cancel">Ends the wait; files are read on.</param>
    public async Task<ModuleSymbols?> FindAsync(string path, string? buildId, CancellationToken cancel) => await (await BeginAsync(path, buildId, cancel)).WaitAsync(cancel);

    /// <summary>The same without waiting for the files to be unpacked and read.</summary>
    internal async Task<Task<ModuleSymbols?>> BeginAsync(string path, string? buildId, CancellationToken cancel)
    {
        var list = await ListAsync(cancel);
        if ((buildId ?? list.BuildIdOfName(path)) is not { } id || list.OfBuildId(id) is not { Count: > 0 } files) return Task.FromResult<ModuleSymbols?>(null);
        var key = string.Join(',', files.Select(f => f.Sha256 + (f.Judgement.Problem is null ? "" : "!")));
        var kept = _modules.GetOrAdd(key, static (_, load) => new Kept(new Lazy<Task<ModuleSymbols?>>(load)), () => LoadAsync(id, files));
        kept.UsedAt = _time.GetTimestamp();
        var loading = kept.Loading.Value;
        if (loading.IsFaulted) _modules.TryRemove(key, out _); // the database was away: the next question tries again
        Forget(kept);
        return buildId is not null ? loading : ByNameAsync(loading);
    }

    /// <summary>Files of a build id, best first; or of the only build id whose files bear the name of a module.</summary>
    internal async Task<IReadOnlyList<SymbolFileRow>> FilesAsync(string path, string? buildId, CancellationToken cancel)
    {
        var list = await ListAsync(cancel);
        return (buildId ?? list.BuildIdOfName(path)) is { } id ? list.OfBuildId(id) ?? [] : [];
    }

    private static async Task<ModuleSymbols?> ByNameAsync(Task<ModuleSymbols?> loading) => await loading is { } symbols ? symbols with { NamedBy = "symbols (matched by file name)" } : null;

    private async Task<SymbolFileIndex> ListAsync(CancellationToken cancel)
    {
        if (IsFresh()) return _files;
        await _listing.WaitAsync(cancel);
        try
        {
            if (IsFresh()) return _files;
            var at = _time.GetTimestamp();
            Volatile.Write(ref _listedAt, at); // news that come while the list is read make it old again
            var files = new List<SymbolFileRow>();
            string? cursor = null;
            do
            {
                var page = await _store.ListAsync(Projects.Default, cursor, 1000, cancel);
                files.AddRange(page.Items);
                cursor = page.Next;
            }
            while (cursor is not null && files.Count < MostFiles);
            return _files = new SymbolFileIndex(files);
        }
        catch
        {
            Refresh();
            throw;
        }
        finally
        {
            _listing.Release();
        }

        bool IsFresh() => Volatile.Read(ref _listedAt) is not long.MinValue and var at && _time.GetElapsedTime(at) < Fresh;
    }

    /// <summary>Not ended by who asks: the next one wants it too.</summary>
    private async Task<ModuleSymbols?> LoadAsync(string buildId, IReadOnlyList<SymbolFileRow> files)
    {
        await Task.Yield();
        await _loads.WaitAsync();
        try
        {
            return await ReadAsync(buildId, files);
        }
        finally
        {
            _loads.Release();
        }
    }

    private async Task<ModuleSymbols?> ReadAsync(string buildId, IReadOnlyList<SymbolFileRow> files)
    {
        var read = new List<(SymbolFileRow Row, ElfFile Elf, string Path)>();
        foreach (var row in files.Take(MostFilesOfModule))
        {
            if (await _folder.PutAsync(row.Sha256, token => _store.OpenAsync(row.Id, token)) is not { } path) continue;
            await using var stream = File.OpenRead(path);
            if (!ElfFile.TryRead(stream, out var elf, out var problem))
            {
                _log.LogWarning("symbol file {File} is not usable: {Problem}", row.Id, problem.Text);
                await _store.JudgeAsync(row.Id, new SymbolJudgement(SymbolQuality.None, SymbolReader.Version, problem.Text), row.Functions, CancellationToken.None);
                continue;
            }
            read.Add((await JudgedAsync(row, elf, path), elf, path));
        }
        if (read.Count == 0) return null;

        // Headers tell which table is the richest; it alone is read.
        var named = read.OrderByDescending(f => TableRank(f.Elf)).ThenBy(f => f.Row.Judgement.Problem is not null).ThenByDescending(f => f.Row.Functions).First();
        var layout = read.FirstOrDefault(f => f.Elf.HasFileLayout).Elf ?? named.Elf;
        var ranked = SymbolFileStore.Ranked(read.Select(f => f.Row));
        var best = read.Find(f => f.Row == ranked[0]);
        var lines = best is { Row.Judgement: { Quality: SymbolQuality.Lines, Problem: null } } ? new LinesFile(best.Path, best.Row.Sha256, best.Row) : null;
        await using var content = File.OpenRead(named.Path);
        if (!ElfFile.TryRead(content, out var full, out _)) return null;
        return new ModuleSymbols(buildId, layout, full.Symbols, lines, ranked);
    }

    private static int TableRank(ElfFile elf) => elf.HasSymtab ? 3 : elf.HasMiniDebugInfo ? 2 : elf.HasDynsym ? 1 : 0;

    /// <summary>The row with the judgement of this reader: one that an older version stored is looked at afresh.</summary>
    private async Task<SymbolFileRow> JudgedAsync(SymbolFileRow row, ElfFile elf, string path)
    {
        if (row.Judgement.ReaderVersion == SymbolReader.Version) return row;
        var judgement = await _judge.JudgeAsync(elf, path, CancellationToken.None);
        await _store.JudgeAsync(row.Id, judgement, elf.Symbols.Count, CancellationToken.None);
        return row with { Judgement = judgement, Functions = elf.Symbols.Count };
    }

    private void Forget(Kept current)
    {
        if (_modules.Count <= MostModules && _modules.Values.Sum(m => m.Functions) <= MostFunctions) return;
        foreach (var (key, kept) in _modules.OrderBy(m => m.Value.UsedAt))
        {
            if (kept != current && kept.Loading is { IsValueCreated: true, Value.IsCompleted: true }) _modules.TryRemove(key, out _);
            if (_modules.Count <= MostModules && _modules.Values.Sum(m => m.Functions) <= MostFunctions) return;
        }
    }

    private sealed class Kept(Lazy<Task<ModuleSymbols?>> loading)
    {
        public Lazy<Task<ModuleSymbols?>> Loading { get; } = loading;

        public long UsedAt { get; set; }

        public long Functions => Loading is { IsValueCreated: true, Value: { IsCompletedSuccessfully: true } task } ? task.Result?.Table.Count ?? 0 : 0;
    }
}
