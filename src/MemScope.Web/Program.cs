var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.WebHost.UseStaticWebAssets(); // a built (unpublished) server in Production finds its assets
var app = builder.Build();
app.MapStaticAssets();
app.MapGet("/healthz", () => "ok");
app.Run();
