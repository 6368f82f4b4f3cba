namespace MemScope.Core.Analysis.Categories;

/// <summary>What the name column says of a mapping's backing.</summary>
[Flags]
internal enum Backing : byte
{
    /// <summary>Not asked.</summary>
    Any = 0,
    /// <summary>No name.</summary>
    Unnamed = 1,
    /// <summary><c>[anon:x]</c> or <c>[anon_shmem:x]</c>: named by the program.</summary>
    Owner = 2,
    /// <summary>Any name in brackets.</summary>
    Brackets = 4,
    /// <summary>A file or pseudo file: a name that does not begin with a bracket.</summary>
    File = 8,
    /// <summary>A file that pmap prints without its folder and that is gone: shared memory, mostly.</summary>
    GoneFile = 16,
}

/// <summary>The name column of maps taken apart, by text alone: device numbers are reused and never decide.</summary>
internal readonly ref struct NameParts
{
    private const string Deleted = " (deleted)";

    /// <summary>Takes a name apart.</summary>
    public NameParts(string name)
    {
        var deleted = name.EndsWith(Deleted, StringComparison.Ordinal);
        Name = deleted ? name.AsSpan(0, name.Length - Deleted.Length) : name;
        if (name.Length == 0)
        {
            Backing = Backing.Unnamed;
        }
        else if (name[0] == '[')
        {
            Backing = Backing.Brackets;
            Owner = OwnersName(name);
            if (Owner.Length > 0) Backing |= Backing.Owner;
        }
        else
        {
            Backing = Backing.File;
            FileName = Name[(Name.LastIndexOf('/') + 1)..];
            if (deleted && !name.Contains('/', StringComparison.Ordinal)) Backing |= Backing.GoneFile;
        }
    }

    /// <summary>The name without <c>" (deleted)"</c>.</summary>
    public ReadOnlySpan<char> Name { get; }

    /// <summary>What it is the name of.</summary>
    public Backing Backing { get; }

    /// <summary>The program's text of <c>[anon:…]</c> or <c>[anon_shmem:…]</c> (prctl PR_SET_VMA_ANON_NAME), or empty.</summary>
    public ReadOnlySpan<char> Owner { get; }

    /// <summary>The file's name without its folder, or empty.</summary>
    public ReadOnlySpan<char> FileName { get; }

    private static ReadOnlySpan<char> OwnersName(string name)
    {
        if (name.Length < 2 || name[^1] != ']') return default;
        if (name.StartsWith("[anon:", StringComparison.Ordinal)) return name.AsSpan(6, name.Length - 7).Trim();
        return name.StartsWith("[anon_shmem:", StringComparison.Ordinal) ? name.AsSpan(12, name.Length - 13).Trim() : default;
    }
}
