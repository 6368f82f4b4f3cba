namespace MemScope.Core.Analysis.Heap;

/// <summary>
/// What an allocator or a runtime says of its own memory at a moment (malloc_info, malloc_stats, jemalloc's and tcmalloc's statistics, a JVM's native memory, Go's MemStats), in one shape.
/// A number is null where the tool does not print it. Bytes.
/// </summary>
/// <param name="Kind">Slug of the format: <c>malloc-info</c>, <c>jemalloc-stats</c>, <c>jvm-nmt</c> …</param>
/// <param name="Name">What people call it: <c>glibc malloc</c>, <c>jemalloc</c>, <c>Go runtime</c>.</param>
/// <param name="At">When (UTC).</param>
public sealed record AllocatorState(string Kind, string Name, DateTimeOffset At)
{
    /// <summary>Handed out to the program and not freed.</summary>
    public long? InUseBytes { get; init; }

    /// <summary>Taken from the kernel and still held: in use, free and the allocator's own.</summary>
    public long? HeldBytes { get; init; }

    /// <summary>Freed by the program, kept by the allocator and (as a rule) still in RAM: free chunks between live ones, caches, dirty pages.</summary>
    public long? FreeBytes { get; init; }

    /// <summary>The part of <see cref="FreeBytes"/> that goes back by itself after a time (jemalloc's dirty and muzzy pages, Go's idle spans that were not released).</summary>
    public long? DecayingBytes { get; init; }

    /// <summary>Address space kept without pages (jemalloc's retained, Go's released): not in RSS.</summary>
    public long? RetainedBytes { get; init; }

    /// <summary>The allocator's own structures.</summary>
    public long? MetadataBytes { get; init; }

    /// <summary>The file's own keys with their bytes that the figures above rest on, for people who want to check them.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> Keys { get; init; } = [];
}
