using MemScope.Web.Wire;

namespace MemScope.Web.Components.Pages.Stacks;

/// <summary>A box of the icicle, in shares of its width.</summary>
/// <param name="Frame">Its frame; null for the root and for a gap.</param>
/// <param name="Row">Row from the top, 0 for the first.</param>
/// <param name="X">Left edge, 0 to 1.</param>
/// <param name="Width">Width, 0 to 1.</param>
/// <param name="Total">Weight of all chains through it; of a comparison, now.</param>
/// <param name="Base">The same in the base.</param>
/// <param name="Self">Weight of the chains that end in it.</param>
public sealed record StackBox(FrameWire? Frame, int Row, double X, double Width, long Total, long Base, long Self)
{
    /// <summary>What grew beneath it.</summary>
    public long Grown { get; init; }

    /// <summary>What shrank beneath it.</summary>
    public long Shrunk { get; init; }

    /// <summary>Whether it stands for a frame that is probably missing.</summary>
    public bool IsGap { get; init; }

    /// <summary>Whether it is the tree's root.</summary>
    public bool IsRoot { get; init; }

    /// <summary>Whether it is the one that is zoomed into.</summary>
    public bool IsPicked { get; init; }

    /// <summary>Whether the highlighted text is in its function or module.</summary>
    public bool IsFound { get; init; }

    /// <summary>Step of the tint, 0 to 3, by module.</summary>
    public int Tint { get; init; }

    /// <summary>Whether something below it was not drawn.</summary>
    public bool HasHidden { get; init; }

    /// <summary>What its link carries: the place of the node, or the function in a sandwich.</summary>
    public string Place { get; init; } = "";
}
