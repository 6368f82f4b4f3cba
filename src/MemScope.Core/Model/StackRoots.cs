namespace MemScope.Core.Model;

/// <summary>Whether a stack was walked to its end: to the function in which a thread or a program begins.</summary>
internal static class StackRoots
{
    private static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        // glibc and musl: a program's and a thread's beginning.
        "main", "_start", "__libc_start_main", "__libc_start_main_impl", "__libc_start_main@@GLIBC_2.34", "__libc_start_call_main", "_start_c", "_dl_start_user", "_dl_start", "libc_start_main_stage2",
        "start_thread", "clone", "clone3", "__clone", "__clone3", "__GI___clone", "__GI___clone3", "thread_start", "start",
        // Go, Rust; the kernel's own threads.
        "runtime.goexit", "runtime.goexit.abi0", "runtime.main", "runtime.mstart", "runtime.rt0_go", "runtime.rt0_go.abi0", "std::rt::lang_start", "std::rt::lang_start_internal", "ret_from_fork", "ret_from_fork_asm",
    };

    /// <summary>Whether a program or a thread begins in a function.</summary>
    public static bool IsRoot(string function) => Names.Contains(function);

    /// <summary>Whether one of the outermost frames is such a function.</summary>
    public static bool IsWhole(Callchain callchain)
    {
        // A corrupt frame or two may stand behind it: the walk goes on where a frame pointer happens to hold something.
        for (var i = callchain.Frames.Count - 1; i >= Math.Max(0, callchain.Frames.Count - 3); i--)
            if (callchain.Frames[i].Function is { } function && Names.Contains(function)) return true;
        return false;
    }
}
