using MemScope.Storage.Captures;
using MemScope.Storage.Symbols;
using MemScope.Symbols;
using MemScope.Symbols.Elf;
using MemScope.Symbols.Lines;

namespace MemScope.Web.Symbolication;

/// <summary>
/// Finds the symbols of a module. A build id is the identity; where the tracer printed none, a file of the same name stands in when exactly one build id bears that name.
/// </summary>
public sealed class SymbolCatalog(SymbolFileStore store, SymbolFolder folder, TimeProvider time, ILogger<SymbolCatalog> log) : IDisposable
{
    /// <summary>How long a list of files is believed: another node may have taken an upload.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    /// <summary>Files that are known at once, the newest of the project.</summary>
    private const int MostFiles = 50_000;

    /// <summary>Files of one build id that are read: the program, its debug file, a few copies.</summary>
    private const int MostFilesOfModule = 8;

    /// <summary>Modules whose symbols are kept in memory.</summary>
    private const int MostModules = 32;

    private readonly SemaphoreSlim _loading = new(1, 1);
    private readonly Dictionary<string, ModuleSymbols> _modules = new(StringComparer.Ordinal);
    private SymbolFileIndex _files = new([]);
    private long _listedAt = long.MinValue;

    /// <summary>Forgets the list of files; call it after an upload.</summary>
    public void Refresh() => _listedAt = long.MinValue;

    /// <inheritdoc/>
    public void Dispose() => _loading.Dispose();

    /// <summary>Symbols of the module with that build id, or of that name; null when no file was uploaded for it.</summary>
    /// <param name="path">Path of the module as a tracer or maps printed it.</param>
    /// <param name="buildId">Build id in hex when the tracer printed one.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task<ModuleSymbols?> FindAsync(string path, string? buildId, CancellationToken cancel)
    {
        await _loading.WaitAsync(cancel);
        try
        {
            await ListAsync(cancel);
            if ((buildId ?? _files.BuildIdOfName(path)) is not { } id || _files.OfBuildId(id) is not { Count: > 0 } files) return null;
            var key = $"{(buildId is null ? "name" : "id")}:{string.Join(',', files.Select(f => f.Sha256))}";
            if (_modules.TryGetValue(key, out var known)) return known;
            if (await LoadAsync(id, files, cancel) is not { } loaded) return null;
            if (_modules.Count >= MostModules) _modules.Clear();
            return _modules[key] = buildId is null ? loaded with { NamedBy = "symbols (matched by file name)" } : loaded;
        }
        finally
        {
            _loading.Release();
        }
    }

    private async Task ListAsync(CancellationToken cancel)
    {
        if (_listedAt != long.MinValue && time.GetElapsedTime(_listedAt) < Fresh) return;
        var files = new List<SymbolFileRow>();
        string? cursor = null;
        do
        {
            var page = await store.ListAsync(Projects.Default, cursor, 1000, cancel);
            files.AddRange(page.Items);
            cursor = page.Next;
        }
        while (cursor is not null && files.Count < MostFiles);
        (_files, _listedAt) = (new SymbolFileIndex(files), time.GetTimestamp());
    }

    private async Task<ModuleSymbols?> LoadAsync(string buildId, IReadOnlyList<SymbolFileRow> files, CancellationToken cancel)
    {
        ElfFile? layout = null;
        SymbolTable? table = null;
        string? lines = null;
        foreach (var file in files.Take(MostFilesOfModule))
        {
            if (await folder.PutAsync(file.Sha256, token => store.OpenAsync(file.Id, token), cancel) is not { } path) continue;
            await using var stream = File.OpenRead(path);
            if (!ElfFile.TryRead(stream, out var elf, out var problem))
            {
                log.LogWarning("symbol file {File} is not usable: {Problem}", file.Id, problem.Text);
                continue;
            }
            // Read here, before the file is closed: what the layout answers later needs headers only.
            var symbols = elf.Symbols;
            if (layout is null || (!layout.HasFileLayout && elf.HasFileLayout)) layout = elf;
            if (table is null || symbols.Count > table.Count) table = symbols;
            if (elf.HasLines) lines ??= path;
        }
        return layout is null || table is null ? null : new ModuleSymbols(buildId, layout, table, lines);
    }
}
