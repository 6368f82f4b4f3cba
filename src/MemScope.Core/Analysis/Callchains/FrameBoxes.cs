namespace MemScope.Core.Analysis.Callchains;

/// <summary>
/// Which frames of <see cref="StackSamples"/> are drawn as one box: frame number to box number. The caller decides, for it knows names: calls of one function from several lines are one box of a tree,
/// though they stay apart in a table.
/// </summary>
public sealed class FrameBoxes
{
    private readonly int[] _boxes;
    private readonly bool[] _gaps;

    /// <summary>Frames by number.</summary>
    /// <param name="boxes">Box number of each frame, from 0 on.</param>
    /// <param name="gaps">Whether a frame is probably missing between this one and its caller.</param>
    /// <exception cref="ArgumentException">When the two lists are not as long as each other, or a box number is negative.</exception>
    public FrameBoxes(IReadOnlyList<int> boxes, IReadOnlyList<bool> gaps)
    {
        ArgumentNullException.ThrowIfNull(boxes);
        ArgumentNullException.ThrowIfNull(gaps);
        if (boxes.Count != gaps.Count || boxes.Any(b => b < 0)) throw new ArgumentException("Every frame needs a box and a mark.", nameof(boxes));
        (_boxes, _gaps) = ([.. boxes], [.. gaps]);
        Count = _boxes.Length == 0 ? 0 : _boxes.Max() + 1;
    }

    /// <summary>Boxes; their numbers are below it.</summary>
    public int Count { get; }

    /// <summary>Box of a frame.</summary>
    public int this[int frame] => _boxes[frame];

    /// <summary>Whether a frame is probably missing between this one and its caller.</summary>
    public bool GapAfter(int frame) => _gaps[frame];
}
