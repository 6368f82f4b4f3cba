using Bunit;
using MemScope.Web.Components.Elements;
using MemScope.Web.Components.Pages.Overview;
using Microsoft.AspNetCore.Components;

namespace MemScope.Web.Tests.Components;

/// <summary>A part of a page that cannot be drawn says so in its own place, and the others stand.</summary>
public sealed class BoundaryTests : BunitContext
{
    public BoundaryTests() => JSInterop.Mode = JSRuntimeMode.Loose;

    [Fact]
    public void A_panel_that_fails_leaves_its_head_and_the_panel_beside_it()
    {
        var page = Render(builder =>
        {
            builder.OpenComponent<Panel>(0);
            builder.AddComponentParameter(1, nameof(Panel.Title), "Broken");
            builder.AddComponentParameter(2, nameof(Panel.ChildContent), (RenderFragment)(_ => throw new InvalidOperationException("no")));
            builder.CloseComponent();
            builder.OpenComponent<Panel>(3);
            builder.AddComponentParameter(4, nameof(Panel.Title), "Whole");
            builder.AddComponentParameter(5, nameof(Panel.ChildContent), (RenderFragment)(b => b.AddContent(0, "stands")));
            builder.CloseComponent();
        });

        Assert.Equal(["Broken", "Whole"], page.FindAll("h2").Select(h => h.TextContent));
        Assert.Equal("alert", Assert.Single(page.FindAll(".problem")).GetAttribute("role"));
        Assert.Contains("stands", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Buttons_of_a_panel_that_fail_leave_its_content()
    {
        var panel = Render<Panel>(p => p.Add(c => c.Title, "Panel").Add(c => c.Actions, _ => throw new InvalidOperationException("no")).AddChildContent("stands"));

        Assert.Single(panel.FindAll(".problem"));
        Assert.Contains("stands", panel.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Retry_and_new_data_draw_it_again()
    {
        var isBroken = true;
        RenderFragment content = b => b.AddContent(0, isBroken ? throw new InvalidOperationException("no") : "stands");
        var part = Render<Guarded>(p => p.Add(c => c.What, "The chart").Add(c => c.ChildContent, content));
        Assert.StartsWith("The chart could not be drawn. InvalidOperationException", part.Find(".problem").TextContent.Trim(), StringComparison.Ordinal);

        part.Find("button").Click();
        Assert.Single(part.FindAll(".problem")); // it still cannot

        isBroken = false;
        part.Find("button").Click();
        Assert.Equal("stands", part.Markup.Trim());

        isBroken = true;
        part.Render(p => p.Add(c => c.ChildContent, content));
        isBroken = false;
        part.Render(p => p.Add(c => c.ChildContent, content));
        Assert.Equal("stands", part.Markup.Trim());
    }

    [Fact]
    public void A_part_that_fails_again_and_again_never_takes_the_page_with_it()
    {
        RenderFragment content = _ => throw new InvalidOperationException("no");
        var part = Render<Guarded>(p => p.Add(c => c.ChildContent, content));
        for (var change = 0; change < 300; change++) part.Render(p => p.Add(c => c.ChildContent, content));

        Assert.Single(part.FindAll(".problem"));
    }

    /// <summary>The blocks of the overview.</summary>
    public static TheoryData<Type> Blocks => [typeof(OverviewStats), typeof(CategoryTable), typeof(TopGrowers), typeof(PatchedCodeLines)];

    [Theory]
    [MemberData(nameof(Blocks))]
    public void A_block_of_the_overview_fails_alone(Type block)
    {
        var whole = Heads(Render<OverviewView>(p => p.Add(c => c.Overview, Samples.Overview(Samples.Region()))));
        ComponentFactories.Add(type => type == block, _ => new Broken());
        var page = Render<OverviewView>(p => p.Add(c => c.Overview, Samples.Overview(Samples.Region())));

        Assert.Single(page.FindAll(".problem"));
        Assert.Equal(whole, Heads(page));
        Assert.NotEmpty(page.Find(".answer").TextContent);
    }

    private static List<string> Heads(IRenderedComponent<OverviewView> page) => [.. page.FindAll("h2").Select(h => h.TextContent)];

    /// <summary>A component that cannot be drawn.</summary>
    private sealed class Broken : IComponent
    {
        public void Attach(RenderHandle renderHandle)
        {
        }

        public Task SetParametersAsync(ParameterView parameters) => throw new InvalidOperationException("broken");
    }
}
