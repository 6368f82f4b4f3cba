using Bunit;
using MemScope.Core;
using MemScope.Storage;
using MemScope.Storage.Live;
using MemScope.Web.Answers;
using MemScope.Web.Components.Layout;
using MemScope.Web.Components.Pages.Processes;
using MemScope.Web.Symbolication;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace MemScope.Web.Tests.Components;

/// <summary>Pages follow the change feed while they are open, and say so when the database does not answer.</summary>
public sealed class SubscriptionTests : BunitContext
{
    public SubscriptionTests()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddSingleton(Limits.Default).AddSingleton(TimeProvider.System);
        // Nobody listens there: every query fails as it does when the database is down.
        Services.AddMemScopeStorage(new StorageOptions("Host=/nonexistent;Database=memscope;Username=memscope;Timeout=1", null));
        Services.AddAnswers().AddSymbolication();
    }

    private ChangeFeed Feed => Services.GetRequiredService<ChangeFeed>();

    [Fact]
    public async Task Leaving_the_list_drops_its_subscription()
    {
        Render<ProcessesPage>();
        Assert.Equal(2, Feed.Subscriptions); // processes, and what stands beside them

        await DisposeComponentsAsync();
        Assert.Equal(0, Feed.Subscriptions);
    }

    [Fact]
    public async Task Leaving_a_process_drops_its_subscription()
    {
        RenderProcess(Guid.CreateVersion7());
        Assert.Equal(2, Feed.Subscriptions);

        await DisposeComponentsAsync();
        Assert.Equal(0, Feed.Subscriptions);
    }

    [Fact]
    public void Another_process_takes_over_the_subscription()
    {
        var layout = RenderProcess(Guid.CreateVersion7());
        layout.Render(p => p.Add(c => c.Value, Route(Guid.CreateVersion7())).AddChildContent<ProcessLayout>());

        Assert.Equal(2, Feed.Subscriptions);
    }

    [Fact]
    public void A_database_that_is_down_is_said_with_a_trace_id_and_a_way_to_try_again()
    {
        var page = Render<ProcessesPage>();
        page.WaitForElement(".problem", TimeSpan.FromSeconds(10));

        Assert.Matches("Trace [0-9a-f]{32}", page.Find(".problem").TextContent);
        Assert.Equal("Retry", page.Find(".problem button").TextContent);
    }

    private IRenderedComponent<CascadingValue<RouteData>> RenderProcess(Guid process) => Render<CascadingValue<RouteData>>(p => p.Add(c => c.Value, Route(process)).AddChildContent<ProcessLayout>());

    private static RouteData Route(Guid process) => new(typeof(ProcessesPage), new Dictionary<string, object?>(StringComparer.Ordinal) { ["Id"] = process });
}
