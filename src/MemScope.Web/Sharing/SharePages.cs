using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using MemScope.Web.Components.Pages.Shares;
using MemScope.Web.Wire;
using Microsoft.AspNetCore.Components.Endpoints;

namespace MemScope.Web.Sharing;

/// <summary>
/// Pages of shares as they were drawn for a reader before: hundreds who open a link within a moment get the same bytes. Whether the link is open is asked, and the view counted, for each of them; what a
/// share shows never changes.
/// </summary>
internal sealed class SharePages(ShareReader reader)
{
    /// <summary>Forms of a page that are kept: themes, and names under which the server is reached.</summary>
    private const int MostForms = 6;

    private readonly ConditionalWeakTable<SharedViewWire, ConcurrentDictionary<string, TaskCompletionSource<byte[]?>>> _drawn = [];

    /// <summary>Answers with the page as it was drawn before, or has it drawn.</summary>
    public async Task AnswerAsync(HttpContext http, RequestDelegate draw)
    {
        if (!HttpMethods.IsGet(http.Request.Method) || http.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>()?.Type != typeof(SharePage)
            || await reader.VisitAsync(http, http.Request.RouteValues["Key"] as string) is not { View: { } view })
        {
            await draw(http);
            return;
        }
        var forms = _drawn.GetOrCreateValue(view);
        var form = $"{(http.Request.Cookies["theme"] is "dark" or "light" ? http.Request.Cookies["theme"] : "")} {http.Request.Scheme} {http.Request.Host} {http.Request.PathBase}{http.Request.Path}";
        if (forms.Count >= MostForms && !forms.ContainsKey(form))
        {
            await draw(http);
            return;
        }
        var own = new TaskCompletionSource<byte[]?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var drawn = forms.GetOrAdd(form, own);
        byte[]? page = null;
        if (drawn == own)
        {
            try
            {
                page = await DrawAsync(http, draw);
            }
            finally
            {
                // Who waits for a page that came to nothing has it drawn again.
                if (page is null) forms.TryRemove(form, out _);
                own.SetResult(page);
            }
        }
        else
        {
            page = await drawn.Task.WaitAsync(http.RequestAborted);
        }
        if (page is not null)
        {
            http.Response.ContentType = "text/html; charset=utf-8";
            http.Response.ContentLength = page.Length;
            await http.Response.Body.WriteAsync(page, http.RequestAborted);
        }
        else if (drawn != own)
        {
            await draw(http);
        }
    }

    /// <summary>Draws a page into memory; null where it is none to keep, and then it was sent as it is.</summary>
    private static async Task<byte[]?> DrawAsync(HttpContext http, RequestDelegate draw)
    {
        var body = http.Response.Body;
        using var page = new MemoryStream();
        http.Response.Body = page;
        try
        {
            await draw(http);
        }
        finally
        {
            http.Response.Body = body;
        }
        if (http.Response.StatusCode == StatusCodes.Status200OK && !http.RequestAborted.IsCancellationRequested) return page.ToArray();
        await body.WriteAsync(page.ToArray(), http.RequestAborted);
        return null;
    }
}
