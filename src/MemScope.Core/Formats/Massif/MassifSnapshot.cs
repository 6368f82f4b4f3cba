namespace MemScope.Core.Formats.Massif;

/// <summary>The fields of one snapshot as far as they are read. Bytes; the time in the file's unit.</summary>
internal sealed class MassifSnapshot
{
    /// <summary>Line of <c>snapshot=</c>.</summary>
    public int Line { get; init; }

    /// <summary><c>time=</c>.</summary>
    public double? Time { get; set; }

    /// <summary><c>mem_heap_B=</c>: what the program asked for and did not free.</summary>
    public long? HeapBytes { get; set; }

    /// <summary><c>mem_heap_extra_B=</c>: what the allocator adds.</summary>
    public long? ExtraBytes { get; set; }

    /// <summary><c>mem_stacks_B=</c>, 0 without --stacks=yes.</summary>
    public long? StackBytes { get; set; }

    /// <summary><c>heap_tree=</c>: empty, detailed or peak; null before that line.</summary>
    public string? Tree { get; set; }
}
