using System.Globalization;
using MemScope.Tests;
using Npgsql;

namespace MemScope.Benchmarks.Engine;

/// <summary>Acknowledged uploads per second of the real server, against a server that only unpacks the same bodies and one that copies a row per mapping.</summary>
internal sealed class IngestBench : IDisposable
{
    private const int Connections = 4, Processes = 8, Templates = 25, SteadyRuns = 5;
    private readonly ServerProcess _server, _peer;
    private readonly SmapsBodies _bodies;
    private readonly EngineFolder _folder = new();
    private readonly TimeSpan _time;
    private int _sent;

    /// <summary>The server as <c>./memscope serve</c> builds it.</summary>
    public static string ServerDll => Path.Combine(Fixtures.RepositoryRoot, "src", "MemScope.Web", "bin", "Release", "net10.0", "MemScope.Web.dll");

    /// <summary>Starts both servers.</summary>
    public IngestBench(string server, int mappings, TimeSpan time)
    {
        _time = time;
        _bodies = new SmapsBodies(Processes, Templates, mappings);
        _server = ServerProcess.Start(server, "--port", "0", "--data", _folder.Path);
        Connection = new NpgsqlConnectionStringBuilder { Host = Path.Combine(_folder.Path, "run"), Username = "memscope", Database = "memscope" }.ConnectionString;
        using var connection = new NpgsqlConnection(Connection);
        connection.Open();
        using var create = new NpgsqlCommand(RowTable.Create("peer_rows"), connection);
        create.ExecuteNonQuery();
        _peer = ServerProcess.Start(typeof(IngestBench).Assembly.Location, "engine-peer", Connection);
    }

    /// <summary>The database of the server.</summary>
    public string Connection { get; }

    /// <summary>Measures the server against both peers, in turn. CPU milliseconds of an upload, database included.</summary>
    public double Measure(EngineReport report, int warmUps)
    {
        WarmUp(warmUps);
        var rows = new (LoadResult Ours, double Cpu, double DatabaseCpu, LoadResult Gunzip, double GunzipCpu, LoadResult Rows, double RowsCpu)[report.Pairs];
        for (var i = 0; i < rows.Length; i++)
        {
            var (ours, cpu, database) = Product();
            var (gunzip, gunzipCpu) = Gunzip();
            var (copy, copyCpu) = Rows();
            rows[i] = (ours, cpu, database, gunzip, gunzipCpu, copy, copyCpu);
        }
        var body = string.Create(CultureInfo.InvariantCulture, $"{_bodies.MeanBytes / 1e3:f0} KB for {_bodies.MeanTextBytes / 1e6:f2} MB of smaps");
        report.Add(Figure($"acknowledged uploads per second, {body}: gunzip only", rows.Select(r => (r.Ours.PerSecond, r.Gunzip.PerSecond)), "/s", 0.30, 0.20, true));
        report.Add(Figure("the same: COPY of a row per mapping", rows.Select(r => (r.Ours.PerSecond, r.Rows.PerSecond)), "/s", 8, 5, true));
        report.Add(Figure("99th percentile of the answers: gunzip only", rows.Select(r => (r.Ours.P99, r.Gunzip.P99)), " ms", 5, null, false));
        report.Add(Figure("median of the answers: gunzip only", rows.Select(r => (r.Ours.P50, r.Gunzip.P50)), " ms", null, null, false));
        report.Add(Figure("CPU of an upload with its database: gunzip only", rows.Select(r => (r.Cpu + r.DatabaseCpu, r.GunzipCpu)), " ms", null, null, false));
        return EngineReport.Median(rows.Select(r => r.Cpu + r.DatabaseCpu));
    }

    /// <summary>CPU milliseconds of an upload, database included.</summary>
    public double Cpu(int runs, int warmUps)
    {
        WarmUp(warmUps);
        return EngineReport.Median(Enumerable.Range(0, runs).Select(_ => Product()).Select(p => p.ServerCpuMs + p.DatabaseCpuMs));
    }

    private void WarmUp(int runs)
    {
        // As long as the runtime still compiles what runs often, an upload costs less from run to run.
        var (least, since) = (double.MaxValue, 0);
        for (var i = 0; i < runs && since < SteadyRuns; i++)
        {
            var (_, cpu, database) = Product();
            since = cpu + database < least * 0.97 ? 0 : since + 1;
            least = Math.Min(least, cpu + database);
        }
        if (runs > 0) Gunzip();
    }

    private static EngineFigure Figure(string name, IEnumerable<(double Ours, double Peer)> pairs, string unit, double? target, double? accept, bool moreIsBetter)
    {
        var all = pairs.ToList();
        var ratios = all.Select(p => p.Ours / p.Peer).Order().ToList();
        return new EngineFigure(name, Text(all.Select(p => p.Ours)), Text(all.Select(p => p.Peer)), EngineReport.Median(ratios), ratios[0], ratios[^1], target, accept, moreIsBetter);

        string Text(IEnumerable<double> values) => string.Create(CultureInfo.InvariantCulture, $"{EngineReport.Median(values):g4}{unit}");
    }

    /// <summary>Uploads to the server.</summary>
    public (LoadResult Load, double ServerCpuMs, double DatabaseCpuMs) Product()
    {
        var (all, own) = (_server.Cpu, _server.OwnCpu);
        var at = DateTimeOffset.UtcNow.AddDays(-1).ToUnixTimeMilliseconds();
        var load = LoadClient.Run(_server.Port, Connections, _time, (_, body) =>
        {
            var n = Interlocked.Increment(ref _sent);
            var process = n % Processes;
            return (string.Create(CultureInfo.InvariantCulture, $"/api/v1/captures?host=bench&pid={1000 + process}&takenAt={(at + (n * 10L)) / 1e3:f3}"), _bodies.Write(process, n, body));
        });
        var (allCpu, ownCpu) = (_server.Cpu - all, _server.OwnCpu - own);
        return (load, ownCpu * 1e3 / load.Requests, (allCpu - ownCpu) * 1e3 / load.Requests);
    }

    /// <summary>The same bodies, only unpacked.</summary>
    public (LoadResult Load, double CpuMs) Gunzip() => Peer("/gunzip");

    /// <summary>The same bodies, a row per mapping.</summary>
    public (LoadResult Load, double CpuMs) Rows() => Peer("/rows");

    private (LoadResult Load, double CpuMs) Peer(string path)
    {
        var before = _peer.Cpu;
        var load = LoadClient.Run(_peer.Port, Connections, _time, (n, body) => (path, _bodies.Write(n % Processes, n, body)));
        return (load, (_peer.Cpu - before) * 1e3 / load.Requests);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _peer.Dispose();
        _server.Dispose();
        _folder.Dispose();
    }
}
