using MemScope.Web.Wire;
using Microsoft.AspNetCore.Components;

namespace MemScope.Web.Components.Pages.Stacks;

/// <summary>A box of the icicle, in percent of the width.</summary>
public sealed record StackBox(StackNode Node, int Row, double X, double Width, bool IsAncestor);

/// <summary>Lays the tree out: the way to the zoomed frame at full width, below it its callees by weight.</summary>
public sealed partial class Icicle
{
    private const int RowHeight = 26;
    private const int MostBoxes = 1500;
    private const double Thinnest = 0.25;

    private readonly List<StackBox> _boxes = [];
    private readonly Dictionary<string, int> _tints = new(StringComparer.Ordinal);
    private int _hidden;

    /// <summary>The root of the tree.</summary>
    [Parameter, EditorRequired] public required StackNode Root { get; set; }

    /// <summary>The node that is zoomed into, or the root.</summary>
    [Parameter, EditorRequired] public required StackNode At { get; set; }

    /// <summary>Slug of the weight.</summary>
    [Parameter, EditorRequired] public required string Weight { get; set; }

    /// <summary>Text to highlight.</summary>
    [Parameter] public string? Search { get; set; }

    /// <summary>Address of zooming into a path; null in a frozen view.</summary>
    [Parameter] public Func<string, string>? Href { get; set; }

    /// <summary>Category whose hue the boxes take.</summary>
    [Parameter] public string Colour { get; set; } = "anonymous";

    private IReadOnlyList<StackBox> Boxes => _boxes;

    private int Rows => _boxes.Count == 0 ? 1 : _boxes.Max(b => b.Row) + 1;

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        _boxes.Clear();
        _hidden = 0;
        var way = StackTree.Way(Root, At.Path);
        foreach (var node in way) _boxes.Add(new StackBox(node, node.Depth, 0, 100, node != At));
        Place(At, 0, 100);
        Tint();
    }

    private void Place(StackNode node, double x, double width)
    {
        foreach (var child in node.Children)
        {
            var part = At.Total == 0 ? 0 : 100.0 * child.Total / At.Total;
            if (part < Thinnest || _boxes.Count >= MostBoxes)
            {
                _hidden++;
                continue;
            }
            _boxes.Add(new StackBox(child, child.Depth, x, part, IsAncestor: false));
            Place(child, x, part);
            x += part;
        }
    }

    // The tint steps by module, so that the borders of libraries show without a rainbow.
    private void Tint()
    {
        foreach (var module in _boxes.Select(b => b.Node.Frame?.Module ?? "").Where(m => m.Length > 0))
        {
            if (!_tints.ContainsKey(module)) _tints[module] = _tints.Count % 4;
        }
    }

    private string Class(StackBox box) => string.Join(' ', Classes(box));

    private IEnumerable<string> Classes(StackBox box)
    {
        if (box.Node.Depth == 0) yield return "root";
        if (box.Node.IsGap) yield return "gap";
        if (box.Node.Frame?.Module is { Length: > 0 } module && _tints.GetValueOrDefault(module) is > 0 and var tint) yield return FormattableString.Invariant($"tint{tint}");
        if (box.Node == At && box.Node.Depth > 0) yield return "picked";
        if (IsFound(box.Node)) yield return "found";
    }

    private bool IsFound(StackNode node) => !string.IsNullOrWhiteSpace(Search) && node.Frame is { } frame
        && (Frames.Title(frame).Contains(Search.Trim(), StringComparison.OrdinalIgnoreCase) || frame.Module?.Contains(Search.Trim(), StringComparison.OrdinalIgnoreCase) == true);

    private string Left(StackBox box) => box.Node switch
    {
        { Depth: 0 } => $"{Weights.Words(Weight)}  {Figure(box.Node)}",
        { IsGap: true } => "gap: a frame is probably missing, the caller sets up no frame pointer",
        { Frame: { } frame } => Frames.Title(frame) + (frame.Inlined ? "  inlined" : ""),
        _ => "",
    };

    private string Right(StackNode node) => node.Frame is not { } frame ? "" : $"{Frames.Module(frame)}  {Frames.Source(frame)}  {Figure(node)}";

    private string Words(StackNode node) => node.Depth == 0 ? $"All stacks: {Figure(node)}" : node.IsGap ? "A frame is probably missing here" : $"{(node.Frame!.Function is { Length: > 0 } name ? name + " in " : "")}{Frames.FullPlace(node.Frame)}: {Figure(node)}, {Format.Percent(node.Total, Root.Total)}";

    private string Figure(StackNode node) => $"{Weights.Figure(Weight, node.Total)} {Weights.Unit(Weight)}";

    private static string P(double percent) => Format.Svg(percent) + "%";
}
