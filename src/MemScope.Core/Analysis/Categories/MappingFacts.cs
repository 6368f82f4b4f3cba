using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Categories;

/// <summary>A mapping with what its address space says of it: the subject of a rule.</summary>
internal readonly struct MappingFacts(AddressSpaceFacts space, int row)
{
    /// <summary>The line.</summary>
    public Vma Vma => space.Vmas[row];

    /// <summary>The name column.</summary>
    public string Name => space.Vmas.Names[row];

    /// <summary>Its permissions.</summary>
    public VmaPermissions Permissions => space.Vmas.Permissions[row];

    public bool IsUnnamed => Name.Length == 0;

    public bool IsShared => Permissions.HasFlag(VmaPermissions.Shared);

    public bool IsExecutable => Permissions.HasFlag(VmaPermissions.Execute);

    public bool IsWritable => Permissions.HasFlag(VmaPermissions.Write);

    public bool HasNoAccess => !Permissions.IsAccessible();

    /// <summary>Named after a file: neither unnamed nor in brackets.</summary>
    public bool IsFile => MappingNames.IsFile(Name);

    public bool Is(Surroundings what) => space.Is(row, what);

    /// <summary>Whether the VmFlags hold a two-letter code.</summary>
    public bool HasFlag(string code)
    {
        if (Vma.Flags is not { } flags) return false;
        for (var at = flags.IndexOf(code, StringComparison.Ordinal); at >= 0; at = flags.IndexOf(code, at + 1, StringComparison.Ordinal))
        {
            if ((at == 0 || flags[at - 1] == ' ') && (at + 2 == flags.Length || flags[at + 2] == ' ')) return true;
        }
        return false;
    }

    /// <summary>The owner's text of <c>[anon:…]</c> or <c>[anon_shmem:…]</c> (prctl PR_SET_VMA_ANON_NAME), or empty.</summary>
    public ReadOnlySpan<char> OwnersName => MappingNames.OwnersName(Name);
}
