using Bunit;
using MemScope.Web.Components.Charts;
using MemScope.Web.Wire;

namespace MemScope.Web.Tests.Components;

/// <summary>The picture of two runs.</summary>
public sealed class OverlayTests : BunitContext
{
    [Fact]
    public void Its_figures_stand_behind_it_as_a_table_with_every_moment_of_both_sides()
    {
        var picture = Render<OverlayPicture>(p => p.Add(c => c.A, new CompareCurveWire([0, 45, 90], [12 << 20, 30 << 20, 49 << 20])).Add(c => c.B, new CompareCurveWire([0, 30.004], [12 << 20, double.NaN])));

        Assert.Equal(["0 12.00 12.00", "30 \u2014 \u2014", "45 30.00 \u2014", "90 49.00 \u2014"], picture.FindAll(".chart-data tbody tr").Select(r => string.Join(' ', r.Children.Select(c => c.TextContent))));
    }
}
