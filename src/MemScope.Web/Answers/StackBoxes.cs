using MemScope.Core.Analysis.Callchains;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>
/// Which frames of an answer are one box: the same function of the same module, whatever its line; without a name, the same place. A tracer that prints no module means the function that another one
/// has with its module. An inlined call is a box of its own, but the same function.
/// </summary>
public sealed class StackBoxes
{
    private readonly FrameWire[] _frames;
    private readonly int[] _functions;

    private StackBoxes(FrameBoxes frames, FrameWire[] ofBox, int[] functions) => (Frames, _frames, _functions) = (frames, ofBox, functions);

    /// <summary>Frame number to box number.</summary>
    public FrameBoxes Frames { get; }

    /// <summary>Function of each box.</summary>
    public IReadOnlyList<int> Functions => _functions;

    /// <summary>Boxes.</summary>
    public int Count => _frames.Length;

    /// <summary>A frame of a box: the first that has a module and a line.</summary>
    public FrameWire this[int box] => _frames[box];

    /// <summary>Puts frames into boxes.</summary>
    public static StackBoxes Of(IReadOnlyList<FrameWire> frames)
    {
        ArgumentNullException.ThrowIfNull(frames);
        var modules = new Dictionary<string, string>(StringComparer.Ordinal);
        var homes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var frame in frames)
            if (frame is { Function: { } name, Module.Length: > 0 }) homes.TryAdd(name, FileName(frame.Module));

        var numbers = new Dictionary<Key, int>();
        var named = new Dictionary<Key, int>();
        var (ofBox, functions) = (new List<FrameWire>(), new List<int>());
        var (boxes, gaps) = (new int[frames.Count], new bool[frames.Count]);
        for (var i = 0; i < frames.Count; i++)
        {
            var frame = frames[i];
            var module = frame.Module is { Length: > 0 } path ? FileName(path) : frame.Function is { } name ? homes.GetValueOrDefault(name) : null;
            var key = new Key(frame.Function, module, frame.Function is null ? frame.Offset : null, frame.Inlined);
            if (!numbers.TryGetValue(key, out var box))
            {
                numbers.Add(key, box = ofBox.Count);
                ofBox.Add(frame);
                var asFunction = key with { IsInlined = false };
                if (!named.TryGetValue(asFunction, out var function)) named.Add(asFunction, function = named.Count);
                functions.Add(function);
            }
            else if (Worth(frame) > Worth(ofBox[box]))
            {
                ofBox[box] = frame;
            }
            (boxes[i], gaps[i]) = (box, frame.GapAfter);
        }
        return new(new FrameBoxes(boxes, gaps), [.. ofBox], [.. functions]);

        string FileName(string path)
        {
            if (!modules.TryGetValue(path, out var file)) modules.Add(path, file = Path.GetFileName(path));
            return file;
        }
    }

    private static int Worth(FrameWire frame) => (frame.Module is null ? 0 : 2) + (frame.Line is null ? 0 : 1);

    private readonly record struct Key(string? Function, string? Module, string? Offset, bool IsInlined);
}
