using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using MemScope.Core;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Formats;
using MemScope.Storage.Blocks;
using MemScope.Storage.Captures;

namespace MemScope.Benchmarks.Engine;

/// <summary>Where the time of an upload goes: each stage alone, warm, in one thread; and storing, whose CPU time is counted for this process and the database.</summary>
internal static class IngestStages
{
    private const int Templates = 10, WarmUps = 200, Runs = 100, Stored = 400;

    /// <summary>Prints a row per stage.</summary>
    public static async Task PrintAsync(EngineStore store, int mappings, int rounds)
    {
        var bodies = new SmapsBodies(1, Templates, mappings);
        var buffer = new byte[4 << 20];
        var packed = Enumerable.Range(0, Templates).Select(i => buffer[..bodies.Write(0, i, buffer)]).ToArray();
        var texts = packed.Select(Unpack).ToArray();
        var parsed = texts.Select(t => CaptureReader.Parse(new MemoryStream(t), null, null, Limits.Default).Snapshots[0]).ToArray();
        Console.WriteLine("| stage of an upload | least | median | allocated |");
        Console.WriteLine("|---|---|---|---|");
        Stage("gunzip", i => Unpack(packed[i], buffer));
        Stage("SHA-256 of the text", i => SHA256.HashData(texts[i]));
        Stage("parsing the text", i => CaptureReader.Parse(new MemoryStream(texts[i]), null, null, Limits.Default));
        Stage("all three as the server does", i => CaptureReader.Read(new MemoryStream(packed[i]), null, null, Limits.Default));
        Stage("sums and categories", i => SnapshotTotals.Of(parsed[i]));
        Stage("block of one", i => SnapshotBlockCodec.Encode([new TrackPoint(1, EngineStore.Begin, parsed[i].Vmas)], CompressionLevel.Fastest));
        for (var round = 0; round < rounds; round++) await StoreAsync(store, packed, last: round == rounds - 1);
    }

    /// <summary>Two at once, as ingest does.</summary>
    private static async Task StoreAsync(EngineStore store, byte[][] packed, bool last)
    {
        var contents = packed.Select(p => CaptureReader.Read(new MemoryStream(p), null, null, Limits.Default)).ToArray();
        var (own, database, watch, next) = (Process.GetCurrentProcess().TotalProcessorTime, store.DatabaseCpu, Stopwatch.StartNew(), 0);
        await Task.WhenAll(Enumerable.Range(1, 2).Select(pid => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is <= Stored and var n)
            {
                var (digest, at) = (RandomNumberGenerator.GetBytes(32), DateTimeOffset.UtcNow);
                await store.Get<CaptureStore>().StoreAsync(new CaptureUpload
                {
                    Host = "stages", Pid = pid, TakenAt = at, Sha256 = digest, DecodedBytes = 0, Content = new MemoryStream(packed[n % Templates], 0, packed[n % Templates].Length, false, true),
                    Parsed = contents[n % Templates].Parsed, ReceivedAt = at,
                }, CancellationToken.None);
            }
        })));
        if (!last) return;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| sums, block and storing, CPU: own {(Process.GetCurrentProcess().TotalProcessorTime - own).TotalMilliseconds / Stored:f2} ms, the database's {(store.DatabaseCpu - database) * 1e3 / Stored:f2} ms | | {watch.Elapsed.TotalMilliseconds * 2 / Stored:f2} ms | |"));
    }

    private static byte[] Unpack(byte[] packed)
    {
        using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        var text = new MemoryStream();
        gzip.CopyTo(text);
        return text.ToArray();
    }

    private static void Unpack(byte[] packed, byte[] buffer)
    {
        using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        while (gzip.Read(buffer) > 0)
        {
        }
    }

    private static void Stage(string name, Action<int> stage)
    {
        for (var i = 0; i < WarmUps; i++) stage(i % Templates);
        var times = new double[Runs];
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Runs; i++)
        {
            var begin = Stopwatch.GetTimestamp();
            stage(i % Templates);
            times[i] = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        }
        allocated = (GC.GetAllocatedBytesForCurrentThread() - allocated) / Runs / 1024;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {times.Min():f3} ms | {EngineReport.Median(times):f3} ms | {allocated} KiB |"));
    }
}
