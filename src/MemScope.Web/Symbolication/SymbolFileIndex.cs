using MemScope.Storage.Symbols;

namespace MemScope.Web.Symbolication;

/// <summary>The symbol files of a project by build id and by file name: every frame of a trace asks for one.</summary>
internal sealed class SymbolFileIndex
{
    private const string Deleted = " (deleted)";
    private static readonly string[] SplitSuffixes = [".debug", ".stripped"];
    private readonly Dictionary<string, IReadOnlyList<SymbolFileRow>> _byBuildId = new(StringComparer.Ordinal);

    /// <summary>Build id by name; null when files of several build ids bear the name.</summary>
    private readonly Dictionary<string, string?> _byName = new(StringComparer.Ordinal);

    /// <summary>Indexes a list.</summary>
    public SymbolFileIndex(IEnumerable<SymbolFileRow> files)
    {
        var byBuildId = new Dictionary<string, List<SymbolFileRow>>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            if (!byBuildId.TryGetValue(file.BuildId, out var same)) byBuildId.Add(file.BuildId, same = []);
            same.Add(file);
            if (BaseName(file.FileName) is not { Length: > 0 } name) continue;
            if (!_byName.TryAdd(name, file.BuildId) && _byName[name] != file.BuildId) _byName[name] = null;
        }
        foreach (var (buildId, same) in byBuildId) _byBuildId[buildId] = SymbolFileStore.Ranked(same);
    }

    /// <summary>Files of a build id, best first, or null.</summary>
    public IReadOnlyList<SymbolFileRow>? OfBuildId(string buildId) => _byBuildId.GetValueOrDefault(buildId);

    /// <summary>The only build id whose files bear the name of a module, or null when there is none or several.</summary>
    public string? BuildIdOfName(string path) => _byName.GetValueOrDefault(BaseName(path.EndsWith(Deleted, StringComparison.Ordinal) ? path[..^Deleted.Length] : path));

    /// <summary>The name that a program and the files split off from it share.</summary>
    private static string BaseName(string path)
    {
        var name = Path.GetFileName(path);
        foreach (var suffix in SplitSuffixes)
            if (name.EndsWith(suffix, StringComparison.Ordinal)) return name[..^suffix.Length];
        return name;
    }
}
