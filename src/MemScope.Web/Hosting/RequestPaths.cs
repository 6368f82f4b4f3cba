namespace MemScope.Web.Hosting;

/// <summary>Kinds of request paths. Routes match without regard to case, so these do too.</summary>
internal static class RequestPaths
{
    private const StringComparison AnyCase = StringComparison.OrdinalIgnoreCase;

    /// <summary>A page or data of a share: open to whoever holds its key, which is the secret in the path.</summary>
    public static bool IsShare(PathString path) => path.StartsWithSegments("/s", AnyCase);

    /// <summary>Whether programs, not people, read the answers at this path.</summary>
    public static bool IsForPrograms(PathString path) =>
        path.StartsWithSegments("/api", AnyCase) || path.StartsWithSegments("/hubs", AnyCase) || path.StartsWithSegments("/openapi", AnyCase) || path.StartsWithSegments("/_blazor", AnyCase);

    /// <summary>Where a page's circuit and the hub of live changes are reached.</summary>
    public static bool IsConnection(PathString path) => path.StartsWithSegments("/_blazor", AnyCase) || path.StartsWithSegments("/hubs", AnyCase);

    /// <summary>What only an administrator may read: tokens and the audit log.</summary>
    public static bool IsForAdmins(PathString path) => path.StartsWithSegments("/admin", AnyCase) || path.StartsWithSegments("/api/v1/tokens", AnyCase) || path.StartsWithSegments("/api/v1/audit", AnyCase);

    /// <summary>An address that takes uploads.</summary>
    public static bool IsIngest(PathString path) => (path.StartsWithSegments("/api/v1/captures", AnyCase, out var rest) && rest.Value is null or "" or "/") || path.StartsWithSegments("/api/v1/symbols", AnyCase);

    /// <summary>The path as a log may show it: without the key of a share.</summary>
    public static string Masked(PathString path) => IsShare(path) ? "/s/…" : path.Value ?? "";
}
