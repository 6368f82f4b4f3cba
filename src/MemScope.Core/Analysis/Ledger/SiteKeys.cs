using MemScope.Core.Analysis.Callchains;
using MemScope.Core.Analysis.Findings;
using MemScope.Core.Analysis.Outstanding;

namespace MemScope.Core.Analysis.Ledger;

/// <summary>What the sites of a case are called in a ledger: by the first function that does more than pass a call for memory on. Tracers that see different frames between it and the kernel so agree.</summary>
internal sealed class SiteKeys
{
    /// <summary>Entries of malloc and what glibc's malloc calls to take memory from the kernel; strace -k names the latter after the nearest exported symbol.</summary>
    private static readonly HashSet<string> Malloc = new(StringComparer.Ordinal)
    {
        "malloc", "calloc", "realloc", "reallocarray", "memalign", "aligned_alloc", "posix_memalign", "valloc", "pvalloc", "__libc_malloc", "__libc_calloc", "__libc_realloc", "__libc_memalign", "__GI___libc_malloc",
        "__GI___libc_realloc", "_int_malloc", "_int_realloc", "_int_memalign", "sysmalloc", "sysmalloc_mmap", "sysmalloc_mmap_fallback", "mremap_chunk", "new_heap", "alloc_new_heap", "grow_heap", "arena_get2", "arena_get2.part.0",
        "_int_new_arena", "ptmalloc_init", "tcache_init", "tcache_init.part.0", "__default_morecore", "__glibc_morecore", "malloc_consolidate", "systrim",
    };

    private readonly List<LedgerKey> _sites;

    /// <summary>The sites of a case.</summary>
    public SiteKeys(IReadOnlyList<TracedSite> sites)
    {
        _sites = [.. sites.Select(Named)];
        // Some tracers print functions without their modules: where only one module has a function of that name, it is that one.
        var modules = _sites.Where(k => k is { Name: not "", Module: not "" }).GroupBy(k => k.Name, StringComparer.Ordinal)
            .Where(g => g.Select(k => k.Module).Distinct(StringComparer.Ordinal).Count() == 1).ToDictionary(g => g.Key, g => g.First().Module, StringComparer.Ordinal);
        for (var i = 0; i < _sites.Count; i++)
            if (_sites[i].Module.Length == 0 && modules.TryGetValue(_sites[i].Name, out var module)) _sites[i] = _sites[i] with { Module = module };
    }

    /// <summary>The line of a site, of malloc's large blocks among them.</summary>
    public LedgerKey Of(int site) => (uint)site < (uint)_sites.Count ? _sites[site] : site < 0 ? new LedgerKey(LedgerPart.Traced) : Others;

    /// <summary>The line of sites that have none of their own.</summary>
    public static LedgerKey Others { get; } = new(LedgerPart.Traced, OtherSites);

    /// <summary>Stands for many functions.</summary>
    public const string OtherSites = "other sites";

    private static LedgerKey Named(TracedSite site)
    {
        SiteFrame? named = null, fallback = null;
        var malloc = false;
        foreach (var frame in site.Frames)
        {
            if (IsMalloc(frame.Function)) malloc = true;
            if (IsPassedOn(frame)) continue;
            fallback ??= frame;
            if (FrameRoles.Of(frame.Function) == FrameRole.Maps) continue;
            named = frame;
            break;
        }
        named ??= fallback ?? site.Frames.FirstOrDefault(f => f.Function is not null || f.Module is not null);
        var module = named?.Module is { } path ? path[(path.LastIndexOf('/') + 1)..] : "";
        return new LedgerKey(malloc ? LedgerPart.TracedMalloc : LedgerPart.Traced, named?.Function ?? "") { Module = module };
    }

    private static bool IsMalloc(string? function) => function is not null && (Malloc.Contains(function) || function.StartsWith("operator new", StringComparison.Ordinal) || function.StartsWith("_Znw", StringComparison.Ordinal) || function.StartsWith("_Zna", StringComparison.Ordinal));

    private static bool IsPassedOn(SiteFrame frame) =>
        IsMalloc(frame.Function) || FrameRoles.IsWrapper(frame.Function) || (frame.Module is { } module && CallingModule.IsWrapper(module)) || (frame.Function is null && frame.Module is null);
}
