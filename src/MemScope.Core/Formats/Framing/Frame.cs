using MemScope.Core.Model;

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
    /// <summary>stat, statm, meminfo, vmstat, files of a cgroup.</summary>
    Kernel,
}

/// <summary>A block that one parser reads, in a file that may hold several and other text between them.</summary>
/// <param name="Kind">Which parser.</param>
/// <param name="Start">Byte offset of its first line.</param>
/// <param name="FirstLine">Number of its first line.</param>
internal sealed record Frame(FrameKind Kind, long Start, int FirstLine)
{
    /// <summary>Number of its last line so far.</summary>
    public int LastLine { get; set; } = FirstLine;

    /// <summary>Whether its last line so far ended in a newline.</summary>
    public bool IsTerminated { get; set; }

    /// <summary>Whether its first line ends in CR though the file's first line does not: then its lines end in CR LF.</summary>
    public bool HasCr { get; init; }

    /// <summary>Addresses of the mapping that was last begun.</summary>
    public AddressRange Last { get; set; }

    /// <summary>Lines that begin a mapping; of status and rollup the lines.</summary>
    public int Rows { get; set; }

    /// <summary><c>Key: value</c> lines: maps has none, smaps has.</summary>
    public int Keys { get; set; }

    /// <summary>The time line that it stands under, or null.</summary>
    public TimeLine? Time { get; set; }

    /// <summary>Process id of pmap's own first line, else of the time line, else null.</summary>
    public int? Pid { get; set; }

    /// <summary>What reads its lines, until it ends; null where only the shape of a text is wanted.</summary>
    public Block? Block { get; set; }

    /// <summary>The mappings that were read, once it has ended.</summary>
    public Snapshot? Snapshot { get; set; }

    /// <summary>The figures that were read, once it has ended.</summary>
    public IReadOnlyList<SideFigures> Figures { get; set; } = [];

    /// <summary>Whether it holds what a parser can use; a pmap line of a kernel thread has no mappings.</summary>
    public bool HasContent => Rows > 0 || Keys > 0;

    /// <summary>Whether its last line so far names a file whose content stands below.</summary>
    public bool IsBelowHeading { get; set; }
}

/// <summary>Reads the lines of one block as they come. Lines that belong to no block, blank ones and those over the limit never reach it.</summary>
internal abstract class Block
{
    /// <summary>Reads the next line of the block, without its end.</summary>
    public abstract void Take(ReadOnlySpan<byte> line, int number);

    /// <summary>
    /// Reads as many whole lines ahead as it can take at once, and tells <paramref name="frame"/> of them; the others come one by one. It takes only lines that belong to the block, and none
    /// that would bring it over a limit.
    /// </summary>
    public virtual void TakeAhead(Text.LineStream lines, Frame frame)
    {
    }

    /// <summary>The block has ended: puts what was read into <paramref name="frame"/>.</summary>
    public abstract void End(Frame frame);
}
