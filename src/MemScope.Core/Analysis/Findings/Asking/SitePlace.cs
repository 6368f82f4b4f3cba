using MemScope.Core.Analysis.Callchains;

namespace MemScope.Core.Analysis.Findings.Asking;

/// <summary>Tells which frame of a callchain is the place: the first that is no wrapper of a system call and no part of an allocator.</summary>
public static class SitePlace
{
    /// <summary>Functions of allocators and of the containers' glue above them, by their names without parameters.</summary>
    private static readonly string[] Functions =
    [
        "malloc", "calloc", "realloc", "reallocarray", "memalign", "posix_memalign", "aligned_alloc", "valloc", "pvalloc", "strdup", "strndup", "__strdup", "__strndup",
        "__libc_malloc", "__libc_calloc", "__libc_realloc", "__libc_memalign", "__GI___libc_*", "_int_malloc", "_int_realloc", "_int_memalign", "_mid_memalign", "sysmalloc*", "tcache_init*", "malloc_consolidate",
        "arena_get2*", "new_heap", "_int_new_arena", "alloc_new_heap", "grow_heap", "heap_trim", "systrim*", "__default_morecore*", "__morecore", "ptmalloc_init*", "malloc_hook_ini", "__rust_alloc*", "__rdl_alloc*",
        "operator new*", "je_*", "tc_*", "mi_*", "_mi_*", "_PyMem_*", "PyMem_*", "_PyObject_Malloc*", "PyObject_Malloc*", "pymalloc_alloc*", "new_arena", "_PyObject_Arena*",
        "ucm_*", "*::_M_allocate*", "*allocator*::allocate*", "*::_M_create*", "heaptrack_*",
    ];

    /// <summary>Files that are allocators, or that stand between a program and the system call for other reasons.</summary>
    private static readonly string[] Modules = ["libjemalloc*", "libtcmalloc*", "libmimalloc*", "libheaptrack*", "libucm.so*", "libasan*", "liblsan*", "libmemusage*", "vgpreload*"];

    /// <summary>Functions between malloc and the kernel, and what calls them first: a callchain with one is malloc's own business.</summary>
    private static readonly string[] Malloc =
    [
        "malloc", "calloc", "realloc", "reallocarray", "memalign", "posix_memalign", "aligned_alloc", "__libc_malloc", "__libc_calloc", "__libc_realloc", "__libc_memalign", "_int_malloc", "_int_realloc",
        "sysmalloc*", "__default_morecore*", "__morecore", "grow_heap", "new_heap", "arena_get2*", "operator new*", "je_*", "tc_malloc*", "mi_malloc*", "_mi_*",
    ];

    /// <summary>Whether a callchain goes through malloc or an allocator in its place.</summary>
    public static bool IsMalloc(IReadOnlyList<SiteFrame> frames)
    {
        ArgumentNullException.ThrowIfNull(frames);
        foreach (var frame in frames) if (frame.Function is { } function && Pattern.MatchesAny(Malloc, WithoutParameters(function))) return true;
        return false;
    }

    /// <summary>Whether a frame only passes the call on.</summary>
    public static bool IsPassage(SiteFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        if (FrameRoles.IsWrapper(frame.Function)) return true;
        if (frame.Module is { } module && (FrameRoles.IsLibc(module) || Pattern.MatchesAny(Modules, CaseFacts.FileName(module)))) return true;
        return frame.Function is { } function && (Pattern.MatchesAny(Functions, WithoutParameters(function)) || function.StartsWith("std::", StringComparison.Ordinal) || function.StartsWith("__gnu_cxx::", StringComparison.Ordinal));
    }

    /// <summary>
    /// The place in a callchain, leaf first; null when all frames only pass the call on, or have no name. A function that was inlined above libc's wrapper and makes the call is a wrapper itself.
    /// </summary>
    public static SiteFrame? Of(IReadOnlyList<SiteFrame> frames)
    {
        ArgumentNullException.ThrowIfNull(frames);
        for (var i = 0; i < frames.Count; i++)
        {
            var frame = frames[i];
            if ((frame.Function ?? frame.Module) is null || IsPassage(frame)) continue;
            if (frame.Inlined && i > 0 && FrameRoles.IsWrapper(frames[i - 1].Function)) continue;
            return frame;
        }
        return null;
    }

    /// <summary>What a frame is called in a sentence: its function, else its file, else that its name is not known.</summary>
    public static string Name(SiteFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        return frame.Function is { } function ? WithoutArguments(WithoutParameters(function)) : frame.Module is { } module ? $"code of {CaseFacts.FileName(module)}" : "unnamed code";
    }

    /// <summary><c>svc::Table&lt;…&gt;::open</c>: template arguments of a few words and more say nothing in a sentence.</summary>
    private static string WithoutArguments(string function)
    {
        if (!function.Contains('<', StringComparison.Ordinal) || function.Contains("operator", StringComparison.Ordinal)) return function;
        var (name, depth) = (new System.Text.StringBuilder(), 0);
        foreach (var c in function)
        {
            if (c == '<' && depth++ == 0) name.Append("<…>");
            if (depth == 0) name.Append(c);
            if (c == '>' && depth > 0) depth--;
        }
        return depth == 0 ? name.ToString() : function;
    }

    /// <summary><c>svc::Table&lt;int&gt;::open(std::string const&amp;)</c> without what stands in its last parentheses.</summary>
    private static string WithoutParameters(string function)
    {
        var (end, depth) = (function.Length, 0);
        if (!function.Contains('(', StringComparison.Ordinal)) return function;
        for (var i = function.Length - 1; i > 0; i--)
        {
            if (function[i] == ')') depth++;
            else if (function[i] == '(' && --depth == 0)
            {
                end = i;
                break;
            }
        }
        var name = function[..end].TrimEnd();
        return name.Length > 0 && !name.EndsWith("operator", StringComparison.Ordinal) ? name : function;
    }
}
