namespace MemScope.Web.Wire;

/// <summary>The address space at one snapshot as columns: a row per mapping, in address order, all columns of equal length. What repeats is listed once and named by its place.</summary>
/// <param name="Window">The window that was asked for; the snapshot need not lie in it.</param>
/// <param name="Number">Number of the snapshot.</param>
/// <param name="TakenAt">When it was taken.</param>
/// <param name="Starts">First address of each mapping, hex.</param>
/// <param name="Ends">First address behind it, hex.</param>
/// <param name="RssBytes">RSS of each, or null where the source does not print it.</param>
/// <param name="Regions">Region of each.</param>
/// <param name="Categories">Slugs that <paramref name="Category"/> points at.</param>
/// <param name="Category">Category of each as lists of regions have it, a place in <paramref name="Categories"/>.</param>
/// <param name="Names">Names that <paramref name="Name"/> points at; an unnamed mapping's is empty.</param>
/// <param name="Name">Name of each, a place in <paramref name="Names"/>.</param>
/// <param name="Permissions">Permissions that <paramref name="Perms"/> points at: <c>rw-p</c>.</param>
/// <param name="Perms">Permissions of each, a place in <paramref name="Permissions"/>.</param>
public sealed record MapWire(WindowWire Window, int Number, DateTimeOffset TakenAt, string[] Starts, string[] Ends, long[]? RssBytes, Guid[] Regions,
    IReadOnlyList<string> Categories, int[] Category, IReadOnlyList<string> Names, int[] Name, IReadOnlyList<string> Permissions, int[] Perms)
{
    /// <summary>Where regions lay at the window's first snapshot that lie elsewhere now; null when that is this snapshot or a later one.</summary>
    public MapBeforeWire? Before { get; init; }
}

/// <summary>What of a map is another than at an earlier snapshot, a row per mapping that differs.</summary>
/// <param name="Number">Number of the earlier snapshot.</param>
/// <param name="TakenAt">When it was taken.</param>
/// <param name="Rows">Rows of the map.</param>
/// <param name="Starts">First address then, hex; of a region that was not there yet, its first address now.</param>
/// <param name="Ends">First address behind it then; equal to the start for a region that was not there yet.</param>
public sealed record MapBeforeWire(int Number, DateTimeOffset TakenAt, int[] Rows, string[] Starts, string[] Ends);
