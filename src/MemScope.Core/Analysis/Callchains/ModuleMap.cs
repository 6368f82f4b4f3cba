using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Callchains;

/// <summary>A place in a file.</summary>
/// <param name="Path">The file, or <c>[vdso]</c>.</param>
/// <param name="Offset">Bytes from its start.</param>
/// <param name="BuildId">Its build id, or null.</param>
public readonly record struct FilePlace(string Path, ulong Offset, string? BuildId);

/// <summary>
/// What was mapped where, from several sources in the order of trust: mappings that the traced file lists itself, then the snapshot nearest in time, then other snapshots of the process for memory
/// that the nearest one shows without a file (text that was copied onto huge pages or patched is anonymous; an older snapshot still knows its file).
/// </summary>
public sealed class ModuleMap
{
    private const string Deleted = " (deleted)";

    /// <summary>Mappings that a file lists one over the other which are looked through: a hostile one may list a million.</summary>
    private const int MostOverlaps = 1000;

    private readonly MappedModule[] _own;
    private readonly int[] _order;
    private readonly ulong[] _reach;
    private readonly VmaTable[] _snapshots;
    private readonly IReadOnlyDictionary<string, string> _buildIds;

    /// <summary>Puts sources together.</summary>
    /// <param name="own">Mappings that the file lists, in its order.</param>
    /// <param name="snapshots">Mappings of snapshots, the nearest in time first. Those whose source prints no offsets are passed over.</param>
    /// <param name="buildIds">Build ids by path, of files whose mapping does not carry its own; may be null.</param>
    public ModuleMap(IReadOnlyList<MappedModule> own, IEnumerable<VmaTable> snapshots, IReadOnlyDictionary<string, string>? buildIds = null)
    {
        // Stable: of mappings that begin at one address the later stands behind.
        _own = [.. own.Where(m => m.Range.Length > 0).OrderBy(m => m.Range.Start)];
        _reach = new ulong[_own.Length];
        for (var i = 0; i < _own.Length; i++) _reach[i] = Math.Max(i > 0 ? _reach[i - 1] : 0, _own[i].Range.End);
        _order = [.. own.Where(m => m.Range.Length > 0).Select((m, i) => (m, i)).OrderBy(m => m.m.Range.Start).Select(m => m.i)];
        _snapshots = [.. snapshots.Where(PrintsOffsets)];
        _buildIds = buildIds ?? new Dictionary<string, string>(StringComparer.Ordinal);
    }

    /// <summary>The map of a trace.</summary>
    public static ModuleMap Of(Trace trace, IEnumerable<VmaTable> snapshots, IReadOnlyDictionary<string, string>? buildIds = null) => new(trace.Modules, snapshots, buildIds);

    /// <summary>The map of a heap profile. What heaptrack lists are segments by their link addresses, by which its own frames are placed already.</summary>
    public static ModuleMap Of(HeapProfile profile, IEnumerable<VmaTable> snapshots, IReadOnlyDictionary<string, string>? buildIds = null) =>
        new(profile.Tool == "heaptrack" ? [] : profile.Modules, snapshots, buildIds);

    /// <summary>Whether some of the file's own mappings began while it was recorded.</summary>
    public bool HasTimes => Array.Exists(_own, m => m.FromNs > 0);

    /// <summary>Whether nothing can be placed by it.</summary>
    public bool IsEmpty => _own.Length == 0 && _snapshots.Length == 0;

    /// <summary>The place of an address, or null.</summary>
    /// <param name="address">Virtual address.</param>
    /// <param name="printed">The module that the tool printed for it, or null: a mapping of another file is none that the tool meant.</param>
    /// <param name="timeNs">Time in the file's clock, by which mappings that came later do not count yet; null when not known.</param>
    public FilePlace? PlaceOf(ulong address, string? printed, long? timeNs)
    {
        if (OwnPlaceOf(address, printed, timeNs) is { } own) return own;
        foreach (var vmas in _snapshots)
        {
            var index = vmas.IndexOf(address);
            if (index < 0) continue;
            var vma = vmas[index];
            if (!vma.Permissions.HasFlag(VmaPermissions.Execute)) continue;
            // Anonymous executable memory: an older snapshot may know which file lay there.
            if (!IsFile(vma.Name)) continue;
            if (Agrees(vma.Name, printed)) return new FilePlace(vma.Name, address - vma.Start + vma.Offset, BuildIdOf(vma.Name));
        }
        return null;
    }

    /// <summary>Whether an address is executable memory of no file in the nearest snapshot that knows the address: what a JIT compiler writes.</summary>
    public bool IsAnonymousCode(ulong address)
    {
        foreach (var vmas in _snapshots)
        {
            var index = vmas.IndexOf(address);
            if (index < 0) continue;
            return vmas[index].Permissions.HasFlag(VmaPermissions.Execute) && !IsFile(vmas[index].Name);
        }
        return false;
    }

    /// <summary>Build id of a file by its path, or null.</summary>
    public string? BuildIdOf(string path) => _buildIds.GetValueOrDefault(path) ?? (path.EndsWith(Deleted, StringComparison.Ordinal) ? _buildIds.GetValueOrDefault(path[..^Deleted.Length]) : null);

    /// <summary>Whether two spellings can be the same file: gdb prints the link's name (<c>libc.so.6</c>), maps that of the file (<c>libc-2.31.so</c>).</summary>
    public static bool Agrees(string mapped, string? printed) => printed is null || StemOf(mapped).Equals(StemOf(printed), StringComparison.Ordinal);

    private FilePlace? OwnPlaceOf(ulong address, string? printed, long? timeNs)
    {
        var (low, high) = (0, _own.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_own[middle].Range.Start <= address) low = middle + 1;
            else high = middle;
        }
        var best = -1;
        for (var i = low - 1; i >= Math.Max(0, low - MostOverlaps) && _reach[i] > address; i--)
        {
            var module = _own[i];
            if (address >= module.Range.End || !Agrees(module.Path, printed) || (timeNs is { } now && module.FromNs is { } from && from > now)) continue;
            if (best < 0 || _order[i] > _order[best]) best = i;
        }
        if (best < 0) return null;
        var found = _own[best];
        return new FilePlace(found.Path, address - found.Range.Start + found.FileOffset, found.BuildId ?? BuildIdOf(found.Path));
    }

    private static ReadOnlySpan<char> StemOf(string path)
    {
        var name = path.AsSpan(path.LastIndexOf('/') + 1);
        var end = name.IndexOfAny('.', '-');
        return end > 0 ? name[..end] : name;
    }

    /// <summary>Whether code lies there that a file holds. CoreCLR and others write code through a memfd, which is no file.</summary>
    private static bool IsFile(string name) => name is "[vdso]" || (name.StartsWith('/') && !name.StartsWith("//", StringComparison.Ordinal)
        && !name.StartsWith("/memfd:", StringComparison.Ordinal) && !name.StartsWith("/dev/", StringComparison.Ordinal) && !name.StartsWith("/SYSV", StringComparison.Ordinal));

    /// <summary>pmap -x prints neither offsets nor whole paths.</summary>
    private static bool PrintsOffsets(VmaTable vmas) => vmas.OffsetColumn.ContainsAnyExcept(0ul);
}
