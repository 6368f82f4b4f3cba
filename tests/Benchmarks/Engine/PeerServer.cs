using System.Buffers;
using System.IO.Compression;
using MemScope.Core;
using MemScope.Core.Formats;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MemScope.Benchmarks.Engine;

/// <summary>
/// What ingest is measured against, a server of its own on the same framework: <c>/gunzip</c> only unpacks a body, <c>/rows</c> parses it and copies a row per mapping into PostgreSQL.
/// </summary>
internal static class PeerServer
{
    private const int BufferBytes = 128 << 10;

    /// <summary>Serves until it is told to end: <c>CONNECTION</c>, of a database that has the table <c>peer_rows</c>.</summary>
    public static async Task<int> RunAsync(string connection)
    {
        await using var source = new NpgsqlDataSourceBuilder(connection).Build();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        app.MapPost("/gunzip", GunzipAsync);
        app.MapPost("/rows", (HttpContext context) => StoreRowsAsync(context, source));
        app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine(app.Urls.Single()));
        await app.RunAsync();
        return 0;
    }

    private static async Task GunzipAsync(HttpContext context)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        await using var gzip = new GZipStream(context.Request.Body, CompressionMode.Decompress);
        while (await gzip.ReadAsync(buffer, context.RequestAborted) > 0)
        {
        }
        ArrayPool<byte>.Shared.Return(buffer);
        await context.Response.WriteAsync("ok");
    }

    private static async Task StoreRowsAsync(HttpContext context, NpgsqlDataSource source)
    {
        var body = new MemoryStream((int)context.Request.ContentLength!.Value);
        await context.Request.Body.CopyToAsync(body);
        body.Position = 0;
        var vmas = CaptureReader.Parse(body, null, "smaps", Limits.Default).Snapshots[0].Vmas;
        var regions = Enumerable.Range(0, vmas.Count).ToArray();
        await using var connection = await source.OpenConnectionAsync();
        await using (var copy = await RowTable.BeginAsync(connection, "peer_rows"))
        {
            RowTable.Write(copy, Guid.Empty, 0, vmas, regions);
            await copy.CompleteAsync();
        }
        await context.Response.WriteAsync("ok");
    }
}
