using System.Net;
using MemScope.Core;
using MemScope.Storage;
using MemScope.Storage.Postgres;
using MemScope.Web.Administration;
using MemScope.Web.Answers;
using MemScope.Web.Api;
using MemScope.Web.Components;
using MemScope.Web.Ingest;
using MemScope.Web.Live;
using MemScope.Web.Security;
using MemScope.Web.Sharing;
using MemScope.Web.Symbolication;
using Microsoft.AspNetCore.DataProtection;

namespace MemScope.Web.Hosting;

/// <summary>Composes the server: what it consists of and in which order a request passes through it.</summary>
internal static class Server
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    /// <summary>The server, not yet started.</summary>
    public static WebApplication Build(ServerOptions options, PrivatePostgres? postgres)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseStaticWebAssets(); // a built (unpublished) server in Production finds its assets
        builder.Configuration["ReloadStaticAssetsAtRuntime"] = "false"; // else a built server packs its assets anew for each request, without making them smaller
        builder.WebHost.UseUrls([.. options.Urls]);
        builder.WebHost.ConfigureKestrel(ConnectionLimits.Apply);
        // The keys lie in the data folder, which is the server's own: that they are not encrypted there is no news at every first start.
        // DataProtection warns at each start that the cookies' keys lie unencrypted. They lie in the user's own folder beside the data they protect; the warning looks like a fault.
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error).AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information)
            .AddFilter("Microsoft.AspNetCore.Antiforgery", LogLevel.Error); // it warns of each share that its no-store header is set twice
        var services = builder.Services;
        services.AddSingleton(options).AddSingleton(Limits.Default).AddSingleton(TimeProvider.System);
        // Hosted services stop in reverse order: the database, registered first, goes last.
        if (postgres is not null) services.AddHostedService(_ => new PostgresLifetime(postgres));
        services.AddMemScopeStorage(new StorageOptions(options.Database ?? postgres!.ConnectionString, options.Keep) { KeepText = options.KeepText });
        services.Configure<HostOptions>(o => o.ShutdownTimeout = StopLimit);
        services.AddDataProtection().SetApplicationName("MemScope").PersistKeysToFileSystem(Directory.CreateDirectory(Path.Combine(options.DataFolder, "keys")));
        services.AddApi().AddIngest().AddAnswers().AddSymbolication().AddSharing().AddLive().AddAccess().AddAdministration().AddMemScopePages();
        var app = builder.Build();
        Route(app);
        return app;
    }

    /// <summary>Brings the database up to date and tells the first admin token.</summary>
    public static async Task PrepareAsync(WebApplication app)
    {
        await app.Services.GetRequiredService<Database>().MigrateAsync(app.Lifetime.ApplicationStopping);
        await FirstToken.PrintAsync(app);
        app.Lifetime.ApplicationStarted.Register(() =>
        {
            foreach (var url in app.Urls) Console.WriteLine($"MemScope serves {url}");
            Console.WriteLine(app.Services.GetRequiredService<ServerOptions>().KeepWords);
        });
    }

    private static void Route(WebApplication app)
    {
        app.UseSecurityHeaders();
        app.UseProblems();
        app.UseRouting();
        app.UseOriginGuard();
        app.UseSignIn();
        app.UseShareGuard();
        app.UseMiddleware<CircuitGate>();
        app.UseAntiforgery();
        app.MapHealth();
        app.MapSignIn();
        app.MapOpenApi("/openapi/{documentName}.json");
        app.MapApi();
        app.MapShareFiles();
        app.MapLive();
        app.MapStaticAssets();
        app.MapMemScopePages();
    }
}

/// <summary>Stops the private database after everything that uses it.</summary>
internal sealed class PostgresLifetime(PrivatePostgres postgres) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => postgres.StopAsync(cancellationToken);
}
