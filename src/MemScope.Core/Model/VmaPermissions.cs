namespace MemScope.Core.Model;

/// <summary>The permission column of maps: <c>rw-p</c>. <see cref="Shared"/> is the fourth character, VM_MAYSHARE (fs/proc/task_mmu.c).</summary>
[Flags]
public enum VmaPermissions : byte
{
    /// <summary>No access: a reserve or a guard.</summary>
    None = 0,

    /// <summary>Readable.</summary>
    Read = 1,

    /// <summary>Writable.</summary>
    Write = 2,

    /// <summary>Executable.</summary>
    Execute = 4,

    /// <summary>Shared (<c>s</c>); private (<c>p</c>) when absent.</summary>
    Shared = 8,
}

/// <summary>What <see cref="VmaPermissions"/> say and how they are written.</summary>
public static class VmaPermissionsExtensions
{
    private static readonly string[] Texts = AllTexts();

    /// <summary>Four characters as in maps: <c>r-xp</c>.</summary>
    public static string Text(this VmaPermissions permissions) => Texts[(int)permissions & 15];

    /// <summary>Whether the memory may be read, written or executed; what may not is a reserve or a guard.</summary>
    public static bool IsAccessible(this VmaPermissions permissions) => (permissions & ~VmaPermissions.Shared) != VmaPermissions.None;

    private static string[] AllTexts()
    {
        var texts = new string[16];
        for (var i = 0; i < texts.Length; i++) texts[i] = Compose((VmaPermissions)i);
        return texts;
    }

    private static string Compose(VmaPermissions p) => string.Create(4, p, static (s, p) =>
    {
        s[0] = p.HasFlag(VmaPermissions.Read) ? 'r' : '-';
        s[1] = p.HasFlag(VmaPermissions.Write) ? 'w' : '-';
        s[2] = p.HasFlag(VmaPermissions.Execute) ? 'x' : '-';
        s[3] = p.HasFlag(VmaPermissions.Shared) ? 's' : 'p';
    });
}
