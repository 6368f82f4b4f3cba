namespace MemScope.Storage.Blocks;

/// <summary>How a column of one snapshot is written.</summary>
internal static class BlockMode
{
    /// <summary>The source does not print it.</summary>
    public const int Absent = 0;

    /// <summary>As in the snapshot before, and new rows as expected of them.</summary>
    public const int AsExpected = 1;

    /// <summary>One number for all rows follows.</summary>
    public const int Same = 2;

    /// <summary>A difference for each row follows.</summary>
    public const int Dense = 3;

    /// <summary>So many above this differ: gap and difference of each follow.</summary>
    public const int Sparse = 4;
}
