namespace MemScope.Core.Formats.Smaps;

/// <summary>What one block of smaps teaches about the next of the same file.</summary>
internal sealed class SmapsMemory(ParseOptions options)
{
    /// <summary>The layout that mappings are compared with.</summary>
    public SmapsLayout Layout { get; private set; } = new();

    /// <summary>The one that is learned from the mapping that is read line by line.</summary>
    public SmapsLayout Learning { get; private set; } = new();

    /// <summary>Names and VmFlags.</summary>
    public RecentNames Names { get; } = new(options.Names);

    /// <summary>Mappings of the last block.</summary>
    public int Rows { get; set; }

    /// <summary>The mapping has ended: when its layout can be compared with, it is the known one from now on.</summary>
    public void TakeOver()
    {
        if (!Learning.IsUsable) return;
        (Layout, Learning) = (Learning, Layout);
        Learning.Break();
    }
}
