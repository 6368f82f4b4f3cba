using System.Diagnostics;
using System.Net.Sockets;
using MemScope.Storage.Captures;
using MemScope.Storage.Postgres;
using MemScope.Storage.Queries;
using MemScope.Tests;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace MemScope.Storage.Tests.Captures;

public sealed class DatabaseFailureTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Every_acknowledged_snapshot_survives_kills_of_the_database_and_none_is_half()
    {
        using var folder = new TestFolder();
        using var postgres = PrivatePostgres.Start(folder.Path, syncToDisk: false);
        await using var services = Services(postgres.ConnectionString);
        await services.GetRequiredService<Database>().MigrateAsync(None);
        var store = services.GetRequiredService<CaptureStore>();
        var texts = Fixtures.Members("cases", "plateau", "smaps.tar.gz").Select(m => m.Text).ToList();
        var acknowledged = 0;
        var stop = false;
        var at = Uploads.Received;
        var uploaders = Enumerable.Range(0, 3).Select(u => Task.Run(async () =>
        {
            for (var i = 0; !Volatile.Read(ref stop); i++)
            {
                try
                {
                    await store.StoreAsync(Uploads.Bare(texts[i % texts.Count], pid: u + 1) with { TakenAt = at.AddSeconds(i) }, None);
                    Interlocked.Increment(ref acknowledged);
                }
                catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException)
                {
                    await Task.Delay(20);
                    i--; // the same again, as an agent does
                }
            }
        })).ToArray();
        for (var kill = 0; kill < 3; kill++)
        {
            await Task.Delay(700);
            await postgres.KillServerAsync();
        }
        var healed = Volatile.Read(ref acknowledged) + 10;
        for (var clock = Stopwatch.StartNew(); Volatile.Read(ref acknowledged) < healed && clock.Elapsed < TimeSpan.FromSeconds(20);) await Task.Delay(50);
        Volatile.Write(ref stop, true);
        await Task.WhenAll(uploaders);
        Assert.InRange(acknowledged, healed, int.MaxValue);
        await using var storage = new TestStorage(services);
        storage.Get<NpgsqlDataSource>().Clear(); // uploads have connections of their own; that of the migration died with the first server
        Assert.Equal(acknowledged, await storage.CountAsync("SELECT count(*) FROM snapshot"));
        Assert.Equal(acknowledged, await storage.CountAsync("SELECT sum(snapshots) FROM snapshot_block"));
        Assert.Equal(acknowledged, await storage.CountAsync("SELECT sum(snapshots) FROM track"));
        Assert.Equal(0, await storage.CountAsync("SELECT count(*) FROM upload u WHERE NOT EXISTS (SELECT FROM capture_chunk c WHERE c.capture_id = u.capture_id)"));
    }

    [Fact]
    public async Task When_the_answer_to_commit_is_lost_the_upload_is_acknowledged_once()
    {
        using var folder = new TestFolder();
        using var postgres = PrivatePostgres.Start(folder.Path, syncToDisk: false);
        await using (var direct = Services(postgres.ConnectionString)) await direct.GetRequiredService<Database>().MigrateAsync(None);
        using var proxyFolder = new TestFolder();
        using var proxy = new CommitCutter(new NpgsqlConnectionStringBuilder(postgres.ConnectionString).Host!, proxyFolder.Path);
        await using var storage = new TestStorage(Services(new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Host = proxyFolder.Path }.ConnectionString));
        var text = Fixtures.Members("cases", "plateau", "smaps.tar.gz").First().Text;
        await storage.Get<CaptureStore>().StoreAsync(Uploads.Bare(text), None);
        var cuts = 0;
        foreach (var forward in (bool[])[true, false, true, false])
        {
            proxy.CutNextCommit(forward);
            var stored = await storage.Get<CaptureStore>().StoreAsync(Uploads.Bare(text), None); // a bare snapshot: a blind replay would store it twice
            Assert.False(stored.Repeat);
            Assert.Equal(++cuts, proxy.Cuts);
        }
        Assert.Equal(5, await storage.CountAsync("SELECT count(*) FROM snapshot"));
        Assert.Equal(5, await storage.CountAsync("SELECT sum(snapshots) FROM track"));
    }

    [Fact]
    public async Task An_upload_during_an_outage_fails_as_a_database_error()
    {
        await using var services = Services("Host=/nowhere;Username=memscope;Timeout=1");
        var text = Fixtures.Members("cases", "plateau", "smaps.tar.gz").First().Text;
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => services.GetRequiredService<CaptureStore>().StoreAsync(Uploads.Bare(text), None));
    }

    private static ServiceProvider Services(string connection) => new ServiceCollection().AddLogging().AddMemScopeStorage(new StorageOptions(connection)).BuildServiceProvider();

    /// <summary>Stands between client and server and cuts the connection at a COMMIT, with or without passing it on.</summary>
    private sealed class CommitCutter : IDisposable
    {
        private const string SocketName = ".s.PGSQL.5432";
        private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        private readonly string _server;
        private int _cuts;
        private int _mode; // 0 pass all, 1 cut after the next COMMIT, 2 cut before it

        public CommitCutter(string serverFolder, string folder)
        {
            _server = Path.Combine(serverFolder, SocketName);
            _listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(folder, SocketName)));
            _listener.Listen();
            _ = Task.Run(AcceptAsync);
        }

        public int Cuts => Volatile.Read(ref _cuts);

        public void CutNextCommit(bool forward) => Volatile.Write(ref _mode, forward ? 1 : 2);

        public void Dispose() => _listener.Dispose();

        private async Task AcceptAsync()
        {
            while (true)
            {
                Socket client;
                try { client = await _listener.AcceptAsync(); }
                catch (Exception e) when (e is SocketException or ObjectDisposedException) { return; }
                var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await server.ConnectAsync(new UnixDomainSocketEndPoint(_server));
                _ = Task.Run(() => PumpAsync(client, server, watch: true));
                _ = Task.Run(() => PumpAsync(server, client, watch: false));
            }
        }

        private async Task PumpAsync(Socket from, Socket to, bool watch)
        {
            var buffer = new byte[64 << 10];
            try
            {
                for (int n; (n = await from.ReceiveAsync(buffer)) > 0;)
                {
                    if (watch && buffer.AsSpan(0, n).IndexOf("COMMIT"u8) >= 0 && Interlocked.Exchange(ref _mode, 0) is > 0 and var mode)
                    {
                        if (mode == 1) await to.SendAsync(buffer.AsMemory(0, n));
                        Interlocked.Increment(ref _cuts);
                        from.Dispose();
                        if (mode == 1) await Task.Delay(200); // let it commit before the server sees the end
                        break;
                    }
                    await to.SendAsync(buffer.AsMemory(0, n));
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // the other side was cut
            }
            from.Dispose();
            to.Dispose();
        }
    }
}
