using Bunit;
using MemScope.Web.Components;
using MemScope.Web.Components.Layout;
using MemScope.Web.Wire;

namespace MemScope.Web.Tests.Components;

/// <summary>The line that says what a page's figures are about.</summary>
public sealed class WindowControlTests : BunitContext
{
    [Fact]
    public void Snapshots_that_memory_does_not_hold_are_named()
    {
        Assert.Contains("without the first 12,345 snapshots", Shown(12_345).Find("[role=note]").TextContent, StringComparison.Ordinal);
        Assert.Empty(Shown(0).FindAll("[role=note]"));
    }

    private IRenderedComponent<WindowControl> Shown(int leftOut)
    {
        var window = new WindowWire("smaps", 56, 79, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddSeconds(23), 24, IsWhole: false) { LeftOutSnapshots = leftOut };
        return Render<WindowControl>(p => p.Add(c => c.Window, window).AddCascadingValue(new ViewLinks(Samples.ProcessId, new WindowState(null, 56, 79))));
    }
}
