using MemScope.Core.Model;

namespace MemScope.Core.Formats.Pmap;

/// <summary>What a column of pmap holds.</summary>
internal enum PmapField : byte
{
    /// <summary>Start address, hexadecimal.</summary>
    Address,
    /// <summary>Permissions: <c>rw-p</c> of -X, <c>rw---</c> of the others.</summary>
    Mode,
    /// <summary>Offset into the file, hexadecimal bytes.</summary>
    Offset,
    /// <summary>Device: <c>fe:00</c> of -X, <c>0fe:00000</c> of -d.</summary>
    Device,
    /// <summary>Inode, decimal.</summary>
    Inode,
    /// <summary>A number in the unit of its metric, or <c>-</c> where old kernels had none.</summary>
    Number,
    /// <summary>The size of plain pmap, with a K behind it.</summary>
    SizeWithK,
    /// <summary>VmFlags of -XX: words with blanks between them.</summary>
    Flags,
    /// <summary>The rest of the line.</summary>
    Mapping,
    /// <summary>A word that is not kept.</summary>
    Skipped,
}

/// <summary>A column: its content, for a number which, and the byte behind its title, where a right-aligned column ends.</summary>
internal readonly record struct PmapColumn(PmapField Field, Metric Metric = default, int TitleEnd = 0)
{
    /// <summary>Whether it holds a number.</summary>
    public bool IsNumber => Field is PmapField.Number or PmapField.SizeWithK;
}
