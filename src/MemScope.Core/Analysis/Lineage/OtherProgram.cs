using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Lineage;

/// <summary>
/// Recognises an exec between two snapshots that were taken for one process: the kernel then lays everything out anew (fs/binfmt_elf.c), so all regions end and all are new, however
/// much they look alike. Without address randomization the addresses are those of before, and only other files show it.
/// </summary>
internal static class OtherProgram
{
    /// <summary>Whether the end of the main stack, which never changes during a program's life, is another; or the vdso and the lowest mapping are, where no stack is named.</summary>
    public static bool Began(VmaTable earlier, VmaTable later)
    {
        if (earlier.Count == 0 || later.Count == 0) return false;
        var (before, after) = (LastNamed(earlier, IsMainStack), LastNamed(later, IsMainStack));
        if (before >= 0 && after >= 0) return earlier.Ends[before] != later.Ends[after];
        (before, after) = (LastNamed(earlier, static n => n is "[vdso]"), LastNamed(later, static n => n is "[vdso]"));
        return before >= 0 && after >= 0 && earlier.Starts[before] != later.Starts[after] && earlier.Starts[0] != later.Starts[0];
    }

    /// <summary>As the kernel and pmap -x print it.</summary>
    private static bool IsMainStack(string name) => name is "[stack]" or "[ stack ]";

    /// <summary>From the end, where both lie.</summary>
    private static int LastNamed(VmaTable vmas, Func<string, bool> named)
    {
        for (var row = vmas.Count - 1; row >= 0; row--)
        {
            if (vmas.Names[row] is { Length: > 0 } name && name[0] == '[' && named(name)) return row;
        }
        return -1;
    }
}
