using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using MemScope.EndToEnd.Tests.Hosting;
using Microsoft.Playwright;

namespace MemScope.EndToEnd.Tests.Pages;

/// <summary>Somebody who signed in with a token that may only look sees every page, and changes nothing through them.</summary>
public sealed class PermissionTests
{
    [Fact]
    public async Task A_reader_sees_the_pages_but_makes_no_link_no_note_and_no_token()
    {
        await using var server = await ServerProcess.StartAsync(null, "--urls", "http://0.0.0.0:0");
        var here = new Uri($"http://127.0.0.1:{server.Address.Port}/");
        server.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", server.Output.Split([' ', '\n']).Single(w => w.StartsWith("ms_", StringComparison.Ordinal)));
        using var made = await server.Client.PostAsJsonAsync(new Uri(here, "api/v1/tokens"), new { name = "reader", scopes = (string[])["read"] });
        var secret = (await made.Content.ReadFromJsonAsync<JsonElement>()).Text("secret");
        await using var file = File.OpenRead(Repository.PathOf("tests", "fixtures", "cases", "plateau", "smaps.tar.gz"));
        using var uploaded = await server.Client.PostAsync(new Uri(here, "api/v1/captures?host=h&pid=1"), new StreamContent(file));
        var process = (await uploaded.Content.ReadFromJsonAsync<JsonElement>()).Text("processId");

        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Site.Chromium, Args = ["--no-sandbox", "--disable-gpu"] });
        var page = await browser.NewPageAsync();
        await page.GotoAsync(new Uri(here, $"p/{process}").ToString());
        await page.GetByLabel("Token").FillAsync(secret);
        await page.Locator("button[type=submit]").ClickAsync();
        await page.Locator(".chart[data-ready=true]").WaitForAsync();

        await page.Keyboard.PressAsync("e");
        await page.GetByText("Make the link").ClickAsync();
        await Assertions.Expect(page.GetByText("the scope admin is needed")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.GotoAsync(new Uri(here, $"p/{process}").ToString());
        await page.Locator(".chart[data-ready=true]").WaitForAsync();
        await page.Keyboard.PressAsync("n");
        await page.Locator("textarea").FillAsync("not mine to write");
        await page.Locator("[role=dialog] button[type=submit]").ClickAsync();
        await Assertions.Expect(page.GetByText("the scope admin is needed")).ToBeVisibleAsync();

        var admin = await page.GotoAsync(new Uri(here, "admin").ToString());
        Assert.Equal(403, admin!.Status);
        // Going there inside the page asks no request: the circuit refuses by itself.
        await page.GotoAsync(here.ToString());
        await page.GetByRole(AriaRole.Link, new() { Name = "Admin", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByText("the scope admin is needed")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await page.GetByLabel("Token").WaitForAsync();
        await page.GotoAsync(here.ToString());
        await Assertions.Expect(page).ToHaveURLAsync(new Uri(here, "sign-in?return=%2F").ToString());

        using var shares = await server.Client.GetAsync(new Uri(here, "api/v1/shares"));
        Assert.Equal(0, (await shares.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("items").GetArrayLength());
        using var notes = await server.Client.GetAsync(new Uri(here, $"api/v1/processes/{process}/notes"));
        Assert.Equal(0, (await notes.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("items").GetArrayLength());
    }
}
