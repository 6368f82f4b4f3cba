using System.Globalization;
using MemScope.Core.Analysis.Callchains;
using MemScope.Web.Components.Charts;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace MemScope.Web.Components.Pages.Stacks;

/// <summary>
/// The tree of callchains as boxes, drawn without a script: nested SVG viewports clip what does not fit, so no text can leave its box. One component for all boxes, because a component for each would cost
/// more than the tree. Arrow keys move among the boxes (<c>wwwroot/js/icicle.js</c>).
/// </summary>
public sealed class Icicle : ComponentBase
{
    private const int RowHeight = 26;
    private const double RoomForName = 0.03;
    private const int MostLetters = 200;

    // Of a picture of that width, in pixels: what a letter of the name takes, a line's place, and a module's beside it.
    private const double Assumed = 900, Letter = 7.3, RoomForSource = 130, RoomForModule = 280;

    /// <summary>What is shown.</summary>
    [Parameter, EditorRequired] public required StackSheet Sheet { get; set; }

    /// <summary>Address of a box; null in a frozen view.</summary>
    [Parameter] public Func<StackBox, string>? Href { get; set; }

    /// <inheritdoc/>
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var focus = Sheet.Boxes.FirstOrDefault(b => b.IsPicked) ?? (Sheet.Boxes.Count > 0 ? Sheet.Boxes[0] : null);
        var rows = Sheet.Boxes.Count == 0 ? 1 : Sheet.Boxes.Max(b => b.Row) + 1;
        builder.OpenElement(0, "svg");
        builder.AddAttribute(1, "class", Sheet.IsComparison ? "icicle c-anonymous signed" : "icicle c-anonymous");
        builder.AddAttribute(2, "height", rows * RowHeight);
        builder.AddAttribute(3, "role", Href is null ? "group" : "tree");
        builder.AddAttribute(4, "aria-label", Label);
        builder.OpenComponent<HatchPattern>(5);
        builder.CloseComponent();
        foreach (var box in Sheet.Boxes)
        {
            builder.OpenElement(6, Href is null ? "g" : "a");
            builder.AddAttribute(7, "class", string.Join(' ', Classes(box)));
            if (Href is not null)
            {
                builder.AddAttribute(8, "href", Href(box));
                builder.AddAttribute(9, "role", "treeitem");
                builder.AddAttribute(10, "aria-level", box.Row + 1);
                builder.AddAttribute(12, "aria-selected", box.IsPicked ? "true" : "false");
                builder.AddAttribute(13, "tabindex", box == focus ? "0" : "-1");
                builder.AddAttribute(14, "data-row", box.Row);
                builder.AddAttribute(15, "data-x", Math.Round(box.X * 1e6).ToString(CultureInfo.InvariantCulture));
                builder.AddAttribute(16, "data-w", Math.Round(box.Width * 1e6).ToString(CultureInfo.InvariantCulture));
            }
            builder.OpenElement(17, "title");
            builder.AddContent(18, Words(box));
            builder.CloseElement();
            Draw(builder, box);
            builder.CloseElement();
        }
        builder.CloseElement();
    }

    private void Draw(RenderTreeBuilder builder, StackBox box)
    {
        builder.OpenElement(20, "svg");
        builder.AddAttribute(21, "x", P(box.X));
        builder.AddAttribute(22, "y", box.Row * RowHeight);
        builder.AddAttribute(23, "width", P(box.Width));
        builder.AddAttribute(24, "height", RowHeight);
        builder.OpenElement(25, "rect");
        builder.AddAttribute(26, "width", "100%");
        builder.AddAttribute(27, "height", RowHeight - 1);
        builder.CloseElement();
        // As in pprof: the net part of what changed beneath it is filled, growth or shrink.
        if (Sheet.IsComparison && !box.IsGap && box.Grown != box.Shrunk)
        {
            builder.OpenElement(28, "rect");
            builder.AddAttribute(29, "class", box.Grown > box.Shrunk ? "net up" : "net down");
            builder.AddAttribute(30, "width", P(Math.Abs((double)box.Grown - box.Shrunk) / ((double)box.Grown + box.Shrunk)));
            builder.AddAttribute(31, "height", RowHeight - 1);
            builder.CloseElement();
        }
        if (box.Width > RoomForName)
        {
            builder.OpenRegion(40);
            Text(builder, "8", 0, null, Left(box), box.Frame?.Inlined == true ? "inlined" : null, Badge(box));
            builder.CloseRegion();
        }
        var room = box.Width * Assumed - Left(box).Length * Letter;
        if (room > RoomForSource)
        {
            builder.OpenRegion(50);
            Text(builder, "100%", -10, box.IsRoot ? "end" : "where end", box.Frame is null ? box.IsRoot ? Figure(box) : "" : Frames.Source(box.Frame), null, null);
            builder.CloseRegion();
            builder.OpenRegion(60);
            Text(builder, "100%", -150, "where end module", box.Frame is null || room < RoomForModule ? "" : Frames.Module(box.Frame), null, null);
            builder.CloseRegion();
        }
        builder.CloseElement();
    }

    private static void Text(RenderTreeBuilder builder, string x, int dx, string? style, string value, string? remark, string? badge)
    {
        if (value.Length == 0) return;
        builder.OpenElement(0, "text");
        builder.AddAttribute(1, "x", x);
        if (dx != 0) builder.AddAttribute(2, "dx", dx);
        builder.AddAttribute(3, "y", 17);
        if (style is not null) builder.AddAttribute(4, "class", style);
        builder.AddContent(5, value);
        if (remark is not null)
        {
            builder.OpenElement(6, "tspan");
            builder.AddAttribute(7, "class", "remark");
            builder.AddAttribute(8, "dx", 6);
            builder.AddContent(9, remark);
            builder.CloseElement();
        }
        if (badge is not null)
        {
            builder.OpenElement(10, "tspan");
            builder.AddAttribute(11, "class", "badge");
            builder.AddAttribute(12, "dx", 6);
            builder.AddContent(13, badge);
            builder.CloseElement();
        }
        builder.CloseElement();
    }

    private string Label => Sheet.Around is not null ? "Callers above, the function, callees below" : Sheet.Shown.Form == StackShown.LeafUp ? "Callchains, callees above callers" : "Callchains, callers above callees";

    private static IEnumerable<string> Classes(StackBox box)
    {
        if (box.IsRoot) yield return "root";
        if (box.IsGap) yield return "gap";
        if (box.Tint > 0 && !box.IsGap && !box.IsRoot) yield return "tint" + box.Tint.ToString(CultureInfo.InvariantCulture);
        if (box.IsPicked) yield return "picked";
        if (box.IsFound) yield return "found";
    }

    // What a heap profiler saw was given by malloc: there a name with "free" in it means nothing.
    private string? Badge(StackBox box) => Sheet.Weight == "live" ? null : FrameRoles.Of(box.Frame?.Function) switch
    {
        FrameRole.Releases => "releases",
        FrameRole.Maps when !Frames.IsWrapper(box.Frame!) => "maps",
        _ => null,
    };

    private string Left(StackBox box) => box switch
    {
        { IsRoot: true } => Sheet.IsComparison ? $"{Weights.Words(Sheet.Weight)}, what changed" : Weights.Words(Sheet.Weight),
        { IsGap: true } => "gap: a frame is probably missing, the caller sets up no frame pointer",
        { Frame: { } frame } => (Sheet.IsComparison ? box.Grown > box.Shrunk ? "▲ " : box.Grown < box.Shrunk ? "▼ " : "" : "") + Cut(Frames.Title(frame)),
        _ => "",
    };

    private string Words(StackBox box) => box switch
    {
        { IsRoot: true } => $"All stacks: {Figure(box)}",
        { IsGap: true } => $"Gap: a frame is probably missing here. {Figure(box)}",
        { Frame: { } frame } => $"{(frame.Function is { Length: > 0 } name ? $"{name}{(frame.Inlined ? ", inlined," : "")} in " : "")}{Frames.FullPlace(frame)}: {Figure(box)}{(Sheet.IsComparison ? "" : $", {Format.Percent(box.Total, Sheet.Whole)}")}",
        _ => "",
    };

    private string Figure(StackBox box) => Sheet.IsComparison
        ? $"{Weights.Change(Sheet.Weight, box.Total - box.Base)} {Weights.Unit(Sheet.Weight)}, {Weights.Figure(Sheet.Weight, box.Base)} → {Weights.Figure(Sheet.Weight, box.Total)}"
        : $"{Weights.Figure(Sheet.Weight, box.Total)} {Weights.Unit(Sheet.Weight)}";

    // What no screen shows need not travel: names of templates fill pages.
    private static string Cut(string title) => title.Length <= MostLetters ? title : title[..MostLetters] + "…";

    private static string P(double share) => Format.Svg(share * 100) + "%";
}
