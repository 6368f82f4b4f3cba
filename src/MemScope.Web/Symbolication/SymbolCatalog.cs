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

    /// <summary>Modules whose symbols are kept in memory.</summary>
    private const int MostModules = 32;

    private readonly SemaphoreSlim _loading = new(1, 1);
    private readonly Dictionary<string, ModuleSymbols> _modules = new(StringComparer.Ordinal);
    private IReadOnlyList<SymbolFileRow> _files = [];
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
            var id = buildId ?? IdOfName(path);
            if (id is null) return null;
            var files = _files.Where(f => string.Equals(f.BuildId, id, StringComparison.Ordinal)).ToList();
            if (files.Count == 0) return null;
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
        while (cursor is not null && files.Count < 50_000);
        (_files, _listedAt) = (files, time.GetTimestamp());
    }

    private string? IdOfName(string path)
    {
        var name = BaseName(path.EndsWith(" (deleted)", StringComparison.Ordinal) ? path[..^10] : path);
        var ids = _files.Where(f => f.FileName.Length > 0 && string.Equals(BaseName(f.FileName), name, StringComparison.Ordinal)).Select(f => f.BuildId).Distinct(StringComparer.Ordinal).Take(2).ToList();
        return ids.Count == 1 ? ids[0] : null;
    }

    private static string BaseName(string path)
    {
        var name = Path.GetFileName(path);
        foreach (var suffix in (ReadOnlySpan<string>)[".debug", ".stripped"])
            if (name.EndsWith(suffix, StringComparison.Ordinal)) return name[..^suffix.Length];
        return name;
    }

    private async Task<ModuleSymbols?> LoadAsync(string buildId, List<SymbolFileRow> files, CancellationToken cancel)
    {
        ElfFile? layout = null;
        SymbolTable? table = null;
        string? lines = null;
        foreach (var file in files.Take(8))
        {
            if (await folder.PutAsync(file.Sha256, token => store.OpenAsync(file.Id, token), cancel) is not { } path) continue;
            if (!ElfFile.TryRead(File.OpenRead(path), out var elf, out var problem))
            {
                log.LogWarning("symbol file {File} is not usable: {Problem}", file.Id, problem.Text);
                continue;
            }
            if (layout is null || (!layout.HasFileLayout && elf.HasFileLayout)) layout = elf;
            if (table is null || elf.Symbols.Count > table.Count) table = elf.Symbols;
            if (elf.HasLines) lines ??= path;
        }
        return layout is null || table is null ? null : new ModuleSymbols(buildId, layout, table, lines);
    }
}
