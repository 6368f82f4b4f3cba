using System.Globalization;
using MemScope.Core.Analysis.Callchains;
using MemScope.Web.Wire;

namespace MemScope.Web.Components.Pages.Stacks;

/// <summary>
/// Writes nodes of a tree into addresses and finds them again: <c>ucs_mpool_grow~1b7f0c3a</c>, the function and a number made of the names on the way to it. It means the same by another weight, trace or
/// filter; where the way is not there, the widest box of that function is meant, else the root. Indexes of the way (<c>0.2.0</c>), which older links carry, are read too.
/// </summary>
public sealed class StackPlace
{
    private const int LongestName = 80;
    private const string GapName = "gap";
    private const uint Seed = 2166136261;

    private readonly CallTree _tree;
    private readonly Func<int, FrameWire> _frames;
    private readonly Dictionary<int, uint> _hashes = new() { [CallTree.Root] = Seed };

    /// <summary>Places in a tree.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="frames">A frame of each of its boxes.</param>
    public StackPlace(CallTree tree, Func<int, FrameWire> frames) => (_tree, _frames) = (tree, frames);

    /// <summary>A function as an address names it: cut, so that templates do not fill it.</summary>
    public static string Name(FrameWire frame) => Frames.Title(frame) is { Length: > LongestName } title ? title[..LongestName] : Frames.Title(frame);

    /// <summary>The address of a node; empty for the root.</summary>
    public string Of(int node) =>
        node == CallTree.Root ? "" : string.Create(CultureInfo.InvariantCulture, $"{(_tree.BoxOf(node) < 0 ? GapName : Name(_frames(_tree.BoxOf(node))))}~{HashOf(node):x8}");

    /// <summary>The node of an address, or the root.</summary>
    /// <param name="place">The address.</param>
    /// <param name="boxes">How many boxes the tree knows.</param>
    public int Find(string? place, int boxes)
    {
        if (string.IsNullOrEmpty(place)) return CallTree.Root;
        var tilde = place.LastIndexOf('~');
        if (tilde < 0) return ByIndexes(place);
        if (!uint.TryParse(place.AsSpan(tilde + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var wanted)) return CallTree.Root;
        var steps = new uint[boxes];
        var named = new bool[boxes];
        for (var box = 0; box < boxes; box++)
        {
            var title = Frames.Title(_frames(box));
            steps[box] = Hash(title);
            named[box] = title.AsSpan(0, Math.Min(title.Length, LongestName)).SequenceEqual(place.AsSpan(0, tilde));
        }
        var hashes = new uint[_tree.Count];
        hashes[CallTree.Root] = Seed;
        var (gap, like) = (Hash(GapName), CallTree.Root);
        // Nodes stand in the order of their depth: a parent's hash is there before its children ask for it.
        for (var node = 1; node < hashes.Length; node++)
        {
            var box = _tree.BoxOf(node);
            hashes[node] = Mix(hashes[_tree.ParentOf(node)], box < 0 ? gap : steps[box]);
            if (hashes[node] == wanted && (box < 0 || named[box])) return node;
            if (box >= 0 && named[box] && (like == CallTree.Root || _tree.WidthOf(node) > _tree.WidthOf(like))) like = node;
        }
        return like;
    }

    private int ByIndexes(string place)
    {
        var node = CallTree.Root;
        foreach (var step in place.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var i) || i >= _tree.ChildrenOf(node)) return CallTree.Root;
            node = _tree.FirstChildOf(node) + i;
        }
        return node;
    }

    // Boxes are written from the top, so the one above has been asked for before.
    private uint HashOf(int node)
    {
        if (_hashes.TryGetValue(node, out var known)) return known;
        foreach (var step in _tree.WayTo(node))
        {
            if (_hashes.ContainsKey(step)) continue;
            var box = _tree.BoxOf(step);
            _hashes[step] = Mix(_hashes[_tree.ParentOf(step)], Hash(box < 0 ? GapName : Frames.Title(_frames(box))));
        }
        return _hashes[node];
    }

    private static uint Mix(uint way, uint step) => (System.Numerics.BitOperations.RotateLeft(way, 5) ^ step) * 16777619;

    // FNV-1a: short, and the same for ever, which string.GetHashCode is not.
    private static uint Hash(string text)
    {
        var hash = Seed;
        foreach (var c in text) hash = (hash ^ c) * 16777619;
        return hash;
    }
}
