using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Lineage;

/// <summary>What backs a mapping, as a number that is equal for equal backing within one track.</summary>
internal sealed class BackingKeys
{
    private const string Deleted = " (deleted)";
    private readonly Dictionary<(string Name, ulong Inode, bool Shared), int> _keys = [];

    /// <summary>
    /// Number of (name, inode, sharing). A file that is unlinked while mapped keeps its key: the kernel then appends " (deleted)" to its name. Devices are left out,
    /// their numbers are reused. Shared and private mappings of one file never continue each other. Anonymous memory has one key, named or not: a name may be given and taken at any
    /// time (PR_SET_VMA_ANON_NAME); that two names differ is <see cref="NamesFit"/>'s to say.
    /// </summary>
    public int KeyOf(VmaTable vmas, int row)
    {
        var name = vmas.Names[row];
        if (name.EndsWith(Deleted, StringComparison.Ordinal)) name = name[..^Deleted.Length];
        else if (IsOwnersName(name)) name = "";
        var key = (name, vmas.Inodes[row], vmas.Permissions[row].HasFlag(VmaPermissions.Shared));
        if (_keys.TryGetValue(key, out var number)) return number;
        _keys.Add(key, _keys.Count);
        return _keys.Count - 1;
    }

    /// <summary>Mappings of one backing continue each other only within a class: no access, read-only, writable, executable.</summary>
    public static int ClassOf(VmaPermissions permissions)
    {
        if (permissions.HasFlag(VmaPermissions.Execute)) return 3;
        if (permissions.HasFlag(VmaPermissions.Write)) return 2;
        return permissions.HasFlag(VmaPermissions.Read) ? 1 : 0;
    }

    /// <summary>Whether memory of one name may have had or get the other: not when owners gave it two.</summary>
    public static bool NamesFit(string a, string b) => ReferenceEquals(a, b) || !IsOwnersName(a) || !IsOwnersName(b) || string.Equals(a, b, StringComparison.Ordinal);

    private static bool IsOwnersName(string name) => name.StartsWith("[anon:", StringComparison.Ordinal);

    /// <summary>
    /// Private writable memory that no file backs and the kernel does not name: any library maps and unmaps it, so an address range is soon used by somebody else, and it is
    /// what mremap moves in practice.
    /// </summary>
    public static bool IsAnonymous(VmaTable vmas, int row) =>
        !vmas.Permissions[row].HasFlag(VmaPermissions.Shared) && vmas.Permissions[row].HasFlag(VmaPermissions.Write)
        && (vmas.Names[row].Length == 0 || IsOwnersName(vmas.Names[row]));
}
