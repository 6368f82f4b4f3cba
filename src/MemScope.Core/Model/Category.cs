namespace MemScope.Core.Model;

/// <summary>What kind of memory a mapping is. The slugs are closed and part of the wire.</summary>
public enum Category : byte
{
    /// <summary>Anonymous memory of no known owner.</summary>
    Anonymous,
    /// <summary>The brk heap.</summary>
    Heap,
    /// <summary>A glibc arena other than the main one.</summary>
    Arena,
    /// <summary>A thread's stack.</summary>
    ThreadStack,
    /// <summary>The main thread's stack.</summary>
    MainStack,
    /// <summary>Executable memory without a file.</summary>
    Jit,
    /// <summary>Huge pages of hugetlb: outside RSS.</summary>
    Huge,
    /// <summary>Device and driver mappings.</summary>
    Device,
    /// <summary>Shared memory.</summary>
    Shared,
    /// <summary>Data of files and libraries.</summary>
    FileData,
    /// <summary>Code of files and libraries, their read-only parts included.</summary>
    FileText,
    /// <summary>Kernel pages: vdso, vvar, vsyscall.</summary>
    Special,
    /// <summary>Address space without access: guards and reserves.</summary>
    Reserved,
}

/// <summary>Slugs of <see cref="Category"/>, in the order of the enum, which is the stacking order of charts (top first).</summary>
public static class Categories
{
    private static readonly string[] Slugs =
        ["anonymous", "heap", "arena", "thread-stack", "main-stack", "jit", "huge", "device", "shared", "file-data", "file-text", "special", "reserved"];

    /// <summary>All, top of a stacked chart first.</summary>
    public static IReadOnlyList<Category> All { get; } = Enum.GetValues<Category>();

    /// <summary>The slug used on the wire: <c>thread-stack</c>.</summary>
    public static string Slug(this Category category) => Slugs[(int)category];

    /// <summary>The category of a slug, or null.</summary>
    public static Category? Parse(string? slug) => Array.IndexOf(Slugs, slug) is >= 0 and var i ? (Category)i : null;

    /// <summary>Whether malloc's own heap lives there (brk heap or arena).</summary>
    public static bool IsMallocHeap(this Category category) => category is Category.Heap or Category.Arena;
}
