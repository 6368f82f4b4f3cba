namespace MemScope.Core.Formats.Framing;

/// <summary>Kind of a block of text.</summary>
internal enum FrameKind : byte
{
    /// <summary>maps, or smaps when key lines follow the mappings.</summary>
    Maps,
    /// <summary>smaps_rollup.</summary>
    Rollup,
    /// <summary>status.</summary>
    Status,
    /// <summary>pmap in any layout.</summary>
    Pmap,
}

/// <summary>A block that one parser reads, cut out of a file that may hold several and other text between them.</summary>
/// <param name="Kind">Which parser.</param>
/// <param name="Start">Byte offset of its first line.</param>
/// <param name="FirstLine">Number of its first line.</param>
internal sealed record Frame(FrameKind Kind, int Start, int FirstLine)
{
    /// <summary>Byte offset behind its last line.</summary>
    public int End { get; set; }

    /// <summary>Lines that begin a mapping; of status and rollup the lines.</summary>
    public int Rows { get; set; }

    /// <summary><c>Key: value</c> lines: maps has none, smaps has.</summary>
    public int Keys { get; set; }

    /// <summary>The time line that it stands under, or null.</summary>
    public TimeLine? Time { get; set; }

    /// <summary>Process id of pmap's own first line, else of the time line, else null.</summary>
    public int? Pid { get; set; }

    /// <summary>Whether it holds what a parser can use; a pmap line of a kernel thread has no mappings.</summary>
    public bool HasContent => Rows > 0 || Keys > 0;
}
