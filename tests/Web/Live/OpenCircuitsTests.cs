using System.Security.Claims;
using MemScope.Core;
using MemScope.Web.Live;
using MemScope.Web.Security;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Http;

namespace MemScope.Web.Tests.Live;

/// <summary>So many pages may be open at once, and no more.</summary>
public sealed class OpenCircuitsTests
{
    private readonly OpenCircuits _open = new(new Limits { Circuits = 5, CircuitsOfSession = 2 });

    [Fact]
    public void There_are_no_more_than_there_may_be_and_one_that_is_left_makes_room()
    {
        for (var i = 0; i < 5; i++) Assert.True(_open.TryEnter(null));
        Assert.False(_open.TryEnter(null));
        Assert.True(_open.IsFull(null));

        _open.Leave(null);
        Assert.True(_open.TryEnter(null));
        Assert.Equal(5, _open.Count);
    }

    [Fact]
    public void One_sign_in_does_not_take_the_pages_of_others()
    {
        Assert.True(_open.TryEnter("a"));
        Assert.True(_open.TryEnter("a"));
        Assert.False(_open.TryEnter("a"));
        Assert.True(_open.IsFull("a"));
        Assert.False(_open.IsFull("b"));
        Assert.True(_open.TryEnter("b"));

        _open.Leave("a");
        Assert.True(_open.TryEnter("a"));
    }

    [Fact]
    public void Opening_and_closing_five_thousand_of_them_leaves_nothing()
    {
        Parallel.For(0, 5000, i =>
        {
            if (_open.TryEnter((i % 3).ToString(System.Globalization.CultureInfo.InvariantCulture))) _open.Leave((i % 3).ToString(System.Globalization.CultureInfo.InvariantCulture));
        });

        Assert.Equal(0, _open.Count);
        Assert.False(_open.IsFull("0"));
    }

    [Fact]
    public async Task A_page_is_refused_with_advice_and_a_share_is_served_all_the_same()
    {
        while (_open.TryEnter(null))
        {
        }
        var served = 0;
        var gate = new CircuitGate(_ =>
        {
            served++;
            return Task.CompletedTask;
        }, _open, new Limits { Circuits = 5 });
        var page = Request(new ComponentTypeMetadata(typeof(ComponentBase)));
        await gate.InvokeAsync(page);
        Assert.Equal((StatusCodes.Status503ServiceUnavailable, "10", 0), (page.Response.StatusCode, page.Response.Headers.RetryAfter.ToString(), served));

        await gate.InvokeAsync(Request(new ComponentTypeMetadata(typeof(ComponentBase)), new ExcludeFromInteractiveRoutingAttribute()));
        await gate.InvokeAsync(Request());
        Assert.Equal(2, served);
    }

    [Fact]
    public void A_session_is_a_token_and_the_moment_of_its_sign_in()
    {
        Assert.Null(Access.SessionOf(null));
        Assert.Null(Access.SessionOf(new ClaimsPrincipal()));
        Assert.NotEqual(Session("1", "9:00"), Session("1", "9:01"));
        Assert.Equal(Session("1", "9:00"), Session("1", "9:00"));
    }

    private static string? Session(string token, string since) => Access.SessionOf(new ClaimsPrincipal(new ClaimsIdentity([new Claim(Access.TokenClaim, token), new Claim("since", since)], "test")));

    private static DefaultHttpContext Request(params object[] metadata)
    {
        var context = new DefaultHttpContext { Response = { Body = new MemoryStream() } };
        context.Request.Headers.Accept = "application/json";
        context.SetEndpoint(new Endpoint(null, new EndpointMetadataCollection(metadata), "page"));
        return context;
    }
}
