using Bunit;
using MemScope.Core;
using MemScope.Storage;
using MemScope.Storage.Live;
using MemScope.Web.Administration;
using MemScope.Web.Answers;
using MemScope.Web.Api;
using MemScope.Web.Components.Layout;
using MemScope.Web.Components.Pages.Processes;
using MemScope.Web.Hosting;
using MemScope.Web.Ingest;
using MemScope.Web.Security;
using MemScope.Web.Sharing;
using MemScope.Web.Symbolication;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Radzen;

namespace MemScope.Web.Tests.Components;

/// <summary>Pages follow the change feed while they are open, and say so when the database does not answer.</summary>
public sealed class SubscriptionTests : BunitContext, IAsyncLifetime
{
    public SubscriptionTests()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddSingleton(Limits.Default).AddSingleton(TimeProvider.System);
        // Nobody listens there: every query fails as it does when the database is down.
        Services.AddMemScopeStorage(new StorageOptions("Host=/nonexistent;Database=memscope;Username=memscope;Timeout=1", null));
        Services.AddSingleton(ServerOptions.Parse([], _ => null)).AddApi().AddIngest().AddAnswers().AddSymbolication().AddSharing().AddAccess().AddAdministration().AddRadzenComponents();
        AddAuthorization();
    }

    /// <summary>Every page that has a circuit.</summary>
    public static TheoryData<Type> Pages => [.. typeof(ProcessesPage).Assembly.GetTypes().Where(t => t.IsDefined(typeof(RouteAttribute), inherit: false) && !t.IsDefined(typeof(ExcludeFromInteractiveRoutingAttribute), inherit: false))];

    public Task InitializeAsync() => Task.CompletedTask;

    // Some services only end asynchronously.
    async Task IAsyncLifetime.DisposeAsync() => await DisposeAsync();

    private ChangeFeed Feed => Services.GetRequiredService<ChangeFeed>();

    [Fact]
    public async Task Leaving_the_list_drops_its_subscription()
    {
        Render<ProcessesPage>();
        Assert.Equal(2, Feed.Subscriptions); // processes, and what stands beside them

        await DisposeComponentsAsync();
        Assert.Equal(0, Feed.Subscriptions);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_page_that_was_open_five_times_leaves_no_more_listeners_than_one_that_was_open_once(Type page)
    {
        var navigation = Services.GetRequiredService<NavigationManager>();
        var route = new RouteData(page, page.GetProperties().Where(p => p.IsDefined(typeof(ParameterAttribute), inherit: true)).ToDictionary(p => p.Name, p => p.PropertyType == typeof(Guid) ? Guid.CreateVersion7() : (object?)"S01", StringComparer.Ordinal));
        var left = new List<(int Subscriptions, int Listeners)>(); // services that a page asks for first listen as long as the server, or the tab, lives
        for (var visit = 0; visit < 5; visit++)
        {
            Render<CascadingValue<RouteData>>(p => p.Add(c => c.Value, route).AddChildContent<RouteView>(v => v.Add(c => c.RouteData, route).Add(c => c.DefaultLayout, typeof(MainLayout))));
            if (visit > 0) Assert.True(Listeners(navigation) > left[0].Listeners, "the top bar listens");
            await DisposeComponentsAsync();
            left.Add((Feed.Subscriptions, Listeners(navigation)));
        }

        Assert.All(left, l => Assert.Equal(left[0], l));
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

    /// <summary>How many components hear of navigation: a field of the framework's, which tells it to nobody.</summary>
    private static int Listeners(NavigationManager navigation) =>
        ((Delegate?)typeof(NavigationManager).GetField("_locationChanged", System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)!.GetValue(navigation))?.GetInvocationList().Length ?? 0;

    private static RouteData Route(Guid process) => new(typeof(ProcessesPage), new Dictionary<string, object?>(StringComparer.Ordinal) { ["Id"] = process });
}
