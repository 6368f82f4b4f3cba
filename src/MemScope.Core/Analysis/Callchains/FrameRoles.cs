namespace MemScope.Core.Analysis.Callchains;

/// <summary>What a function does with memory, as its name says.</summary>
public enum FrameRole : byte
{
    /// <summary>Its name does not say.</summary>
    None,

    /// <summary>It takes memory from the kernel: mmap, mremap, brk and what wraps them.</summary>
    Maps,

    /// <summary>It gives memory back: munmap, free, operator delete and what wraps them.</summary>
    Releases,
}

/// <summary>Reads the role of a function in its name: by whole words, so that <c>freeze</c> and <c>freeaddrinfo</c> release nothing.</summary>
public static class FrameRoles
{
    private const int MostWords = 12;
    private static readonly string[] Mapping = ["mmap", "mmap2", "mmap64", "mremap", "brk", "sbrk", "morecore"];
    private static readonly string[] Releasing = ["munmap", "unmap", "free", "cfree", "xfree", "efree", "dealloc", "deallocate", "dallocx", "sdallocx"];

    /// <summary>Words before "free" that make it an adjective.</summary>
    private static readonly string[] Adjectival = ["get", "find", "is", "has", "num", "next", "alloc", "lock"];

    /// <summary>libc's functions that are little more than a system call. They set up no frame: a walk by frame pointers loses their caller (bpftrace issue 646).</summary>
    private static readonly HashSet<string> Wrappers = new(StringComparer.Ordinal)
    {
        "syscall", "mmap", "mmap64", "__mmap", "__mmap64", "__GI___mmap", "__GI___mmap64", "munmap", "__munmap", "__GI___munmap", "mremap", "__mremap", "__GI___mremap", "mprotect", "__mprotect",
        "__GI___mprotect", "madvise", "__madvise", "__GI___madvise", "__GI_madvise", "brk", "__brk", "__GI___brk", "sbrk", "__sbrk", "__GI___sbrk",
    };

    /// <summary>Whether a function is one of libc's wrappers of system calls on memory, by its name.</summary>
    public static bool IsWrapper(string? function) => function is not null && Wrappers.Contains(function);

    /// <summary>Whether a module is libc, the dynamic linker or the kernel's own page: those whose business system calls are.</summary>
    public static bool IsLibc(string module)
    {
        var name = module.AsSpan(module.LastIndexOf('/') + 1);
        return name is "[vdso]" or "[vsyscall]" || name.StartsWith("libc.so", StringComparison.Ordinal) || name.StartsWith("libc-2.", StringComparison.Ordinal) || name.StartsWith("libc.musl", StringComparison.Ordinal)
            || name.StartsWith("ld-", StringComparison.Ordinal) || name.StartsWith("ld.so", StringComparison.Ordinal) || name.StartsWith("ld64.so", StringComparison.Ordinal)
            || name.StartsWith("libpthread", StringComparison.Ordinal) || name is "libc" or "libc.so";
    }

    /// <summary>The role of a function.</summary>
    public static FrameRole Of(string? function)
    {
        if (function is null) return FrameRole.None;
        if (function is "syscall") return FrameRole.Maps;
        var name = BareName(function);
        if (name.StartsWith("operator delete", StringComparison.Ordinal)) return FrameRole.Releases;
        Span<Range> words = stackalloc Range[MostWords];
        var count = Split(name, words);
        var role = FrameRole.None;
        for (var i = 0; i < count; i++)
        {
            var word = name[words[i]];
            if (IsOneOf(word, Releasing) && !(i > 0 && IsOneOf(name[words[i - 1]], Adjectival))) return FrameRole.Releases;
            if (IsOneOf(word, Mapping)) role = FrameRole.Maps;
        }
        return role;
    }

    /// <summary>The name without its parameters, template arguments and scope: <c>std::__new_allocator&lt;int>::deallocate(int*, unsigned long)</c> is <c>deallocate</c>.</summary>
    private static ReadOnlySpan<char> BareName(string function)
    {
        var name = function.AsSpan();
        var (depth, start, end) = (0, 0, name.Length);
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] == '<') depth++;
            else if (name[i] == '>') depth = Math.Max(0, depth - 1);
            else if (depth == 0 && name[i] == ':' && i + 1 < name.Length && name[i + 1] == ':') start = ++i + 1;
            // "(anonymous namespace)::f" begins with one.
            else if (depth == 0 && name[i] == '(' && i > start)
            {
                end = i;
                break;
            }
        }
        name = name[start..Math.Max(start, end)];
        var arguments = name.IndexOf('<');
        return arguments > 0 ? name[..arguments] : name;
    }

    // PyMem_RawFree: Py, Mem, Raw, Free.
    private static int Split(ReadOnlySpan<char> name, Span<Range> words)
    {
        var (count, start) = (0, 0);
        for (var i = 0; i <= name.Length && count < words.Length; i++)
        {
            var isBreak = i == name.Length || !char.IsAsciiLetterOrDigit(name[i]);
            var isHump = !isBreak && i > start && char.IsAsciiLetterUpper(name[i]) && !char.IsAsciiLetterUpper(name[i - 1]);
            if (!isBreak && !isHump) continue;
            if (i > start) words[count++] = start..i;
            start = isHump ? i : i + 1;
        }
        return count;
    }

    private static bool IsOneOf(ReadOnlySpan<char> word, string[] words)
    {
        foreach (var known in words) if (word.Equals(known, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }
}
