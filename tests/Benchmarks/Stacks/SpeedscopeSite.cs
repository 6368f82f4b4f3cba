using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MemScope.Benchmarks.Stacks;

/// <summary>speedscope as npm has it, served on loopback. Nothing of it is kept in the project.</summary>
internal sealed class SpeedscopeSite : IAsyncDisposable
{
    private const string Version = "1.25.0";
    private readonly WebApplication _server;

    private SpeedscopeSite(WebApplication server, Uri address) => (_server, Address) = (server, address);

    /// <summary>Its first page.</summary>
    public Uri Address { get; }

    /// <summary>Fetches it into a folder where it is not there yet, and serves it; null when npm cannot.</summary>
    public static async Task<SpeedscopeSite?> StartAsync(string folder)
    {
        var release = Path.Combine(folder, "package", "dist", "release");
        if (!Directory.Exists(release))
        {
            if (!await RunAsync(folder, "npm", "pack", "--silent", "speedscope@" + Version)) return null;
            if (!await RunAsync(folder, "tar", "-xzf", $"speedscope-{Version}.tgz")) return null;
        }
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = folder });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = builder.Build();
        var files = new PhysicalFileProvider(Path.GetFullPath(release));
        server.UseStaticFiles(new StaticFileOptions { FileProvider = files, ServeUnknownFileTypes = true, ContentTypeProvider = new FileExtensionContentTypeProvider() });
        await server.StartAsync();
        return new SpeedscopeSite(server, new Uri(server.Urls.First() + "/index.html"));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static async Task<bool> RunAsync(string folder, string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
            await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
