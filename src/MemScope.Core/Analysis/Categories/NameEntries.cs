using System.Runtime.InteropServices;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Categories;

/// <summary>A distinct name of a snapshot.</summary>
/// <param name="verdict">What the rules say of it.</param>
internal sealed class NameEntry(NameVerdict verdict)
{
    private ulong _inode;
    private HashSet<ulong>? _inodes;

    /// <summary>What the rules say of it.</summary>
    public NameVerdict Verdict { get; } = verdict;

    /// <summary>Whether a file of this name is mapped executable.</summary>
    public bool IsExecutable { get; private set; }

    /// <summary>Notes an executable mapping. Files are told apart by inode and name: device numbers of overlays and pseudo file systems are not identities, and pmap prints no inode.</summary>
    public void AddExecutable(ulong inode)
    {
        if (IsExecutable && inode != _inode) (_inodes ??= [_inode]).Add(inode);
        else (_inode, IsExecutable) = (inode, true);
    }

    /// <summary>Whether the file of this name and an inode is mapped executable: a program or library.</summary>
    public bool IsLibrary(ulong inode) => IsExecutable && (inode == _inode || _inodes?.Contains(inode) == true);
}

/// <summary>The distinct names of a snapshot, each looked at once.</summary>
/// <param name="rules">The rules.</param>
internal sealed class NameEntries(RuleTable rules)
{
    private readonly Dictionary<string, NameEntry> _entries = [];

    /// <summary>Rules whose programs and libraries are there, and those that ask for none.</summary>
    public RuleSet Process { get; private set; } = rules.WithoutLoads;

    /// <summary>Fills in the entry of each row.</summary>
    public void Fill(VmaTable vmas, NameEntry[] into)
    {
        var (names, permissions, inodes) = (vmas.Names, vmas.Permissions, vmas.Inodes);
        string? last = null;
        var entry = (NameEntry?)null;
        for (var row = 0; row < vmas.Count; row++)
        {
            var name = names[row];
            if (!ReferenceEquals(name, last) || entry is null) entry = Of(last = name);
            into[row] = entry;
            if ((permissions[row] & VmaPermissions.Execute) == VmaPermissions.None || (entry.Verdict.Backing & Backing.File) == Backing.Any) continue;
            if (!entry.IsExecutable) Process |= entry.Verdict.Loads;
            entry.AddExecutable(inodes[row]);
        }
    }

    /// <summary>Whether a name occurs.</summary>
    public bool Contains(string name) => _entries.ContainsKey(name);

    private NameEntry Of(string name) => CollectionsMarshal.GetValueRefOrAddDefault(_entries, name, out _) ??= new NameEntry(rules.OfName(name));
}
