namespace MemScope.Web.Wire;

/// <summary>Figures of one moment that stand beside the snapshots.</summary>
/// <param name="Id">Their id.</param>
/// <param name="Kind"><c>status</c>, <c>rollup</c> or the slug of the format: <c>cgroup</c>, <c>malloc-info</c> …</param>
/// <param name="Label">Which one of several of a kind (a GPU, an arena, a cgroup's folder), or null.</param>
/// <param name="TakenAt">When they were taken.</param>
/// <param name="Bytes">Sizes by the file's own keys, in bytes.</param>
/// <param name="Counts">Other numbers by the file's own keys.</param>
/// <param name="CaptureId">The file they came in.</param>
public sealed record FiguresWire(Guid Id, string Kind, string? Label, DateTimeOffset TakenAt, IReadOnlyDictionary<string, long> Bytes, IReadOnlyDictionary<string, long> Counts, Guid CaptureId)
{
    /// <summary>Where the time comes from: <c>query</c>, <c>file</c>, <c>member-name</c>, <c>modification-time</c> or <c>receipt</c>.</summary>
    public string TimeOrigin { get; init; } = "";
}
