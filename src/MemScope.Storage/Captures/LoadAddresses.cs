using MemScope.Core.Model;

namespace MemScope.Storage.Captures;

/// <summary>
/// Where the kernel put a program when it was loaded: chosen anew by every exec (address space randomization) and fixed from then on, so that two snapshots with equal ones
/// show the same incarnation. The <b>end</b> of the stack: its start moves as it grows. The executable's first mapping counts only where the two others are not shown, since
/// a program may map files below itself.
/// </summary>
internal readonly record struct LoadAddresses(ulong? StackEnd, ulong? VdsoStart, ulong? ExecutableStart)
{
    /// <summary>Whether nothing is known.</summary>
    public bool IsEmpty => StackEnd is null && VdsoStart is null && ExecutableStart is null;

    /// <summary>Reads them off a snapshot. pmap writes <c>[ stack ]</c> and does not name the vdso.</summary>
    public static LoadAddresses Of(VmaTable vmas)
    {
        ulong? stackEnd = null, vdso = null, executable = null;
        for (var i = 0; i < vmas.Count; i++)
        {
            var name = vmas.NameColumn[i];
            if (name is "[stack]" or "[ stack ]") stackEnd = vmas.EndColumn[i];
            else if (name is "[vdso]") vdso = vmas.StartColumn[i];
            else if (executable is null && IsFile(name)) executable = vmas.StartColumn[i];
        }
        return new LoadAddresses(stackEnd, vdso, executable);
    }

    /// <summary>File name of the executable's first mapping, or null.</summary>
    public static string? ExecutableName(VmaTable vmas)
    {
        foreach (var name in vmas.NameColumn)
            if (IsFile(name)) return name[(name.LastIndexOf('/') + 1)..];
        return null;
    }

    /// <summary>Whether both are of one incarnation; null when they have nothing in common to compare.</summary>
    public bool? Matches(LoadAddresses other)
    {
        bool? stack = Same(StackEnd, other.StackEnd), vdso = Same(VdsoStart, other.VdsoStart);
        if (stack is null && vdso is null) return Same(ExecutableStart, other.ExecutableStart);
        return stack is not false && vdso is not false;
    }

    /// <summary>What is known of either; own ones first.</summary>
    public LoadAddresses Or(LoadAddresses other) => new(StackEnd ?? other.StackEnd, VdsoStart ?? other.VdsoStart, ExecutableStart ?? other.ExecutableStart);

    private static bool? Same(ulong? a, ulong? b) => a is null || b is null ? null : a == b;

    private static bool IsFile(string name) => name.Length > 0 && name[0] != '[' && name is not ("anon_inode" or "-") && !name.StartsWith("anon_inode:", StringComparison.Ordinal);
}
