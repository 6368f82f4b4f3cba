using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace MemScope.Web.Components.Charts;

/// <summary>A text of SVG. Razor has a tag of its own of that name, so it cannot stand in markup.</summary>
public sealed class SvgText : ComponentBase
{
    /// <summary>What it says.</summary>
    [Parameter, EditorRequired] public required string Value { get; set; }

    /// <summary>Attributes: <c>x</c>, <c>y</c>, <c>text-anchor</c>, <c>class</c> …</summary>
    [Parameter(CaptureUnmatchedValues = true)] public IReadOnlyDictionary<string, object>? Attributes { get; set; }

    /// <inheritdoc/>
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        builder.OpenElement(0, "text");
        builder.AddMultipleAttributes(1, Attributes);
        builder.AddContent(2, Value);
        builder.CloseElement();
    }
}
