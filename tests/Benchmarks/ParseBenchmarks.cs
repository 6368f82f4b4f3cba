using BenchmarkDotNet.Attributes;
using MemScope.Core;
using MemScope.Core.Formats;
using MemScope.Tests;

namespace MemScope.Benchmarks;

/// <summary>From bytes to model: one snapshot, and a whole archive with its decompression.</summary>
[MemoryDiagnoser]
public class ParseBenchmarks
{
    private byte[] _smaps = [];
    private byte[] _archive = [];

    /// <summary>Reads the files.</summary>
    [GlobalSetup]
    public void Read()
    {
        _smaps = Fixtures.Members("cases", "ucx-leak", "smaps.tar.gz").First().Text;
        _archive = Fixtures.Bytes("cases", "ucx-leak", "smaps.tar.gz");
    }

    /// <summary>74 mappings, 56 KB of text.</summary>
    [Benchmark]
    public int OneSnapshot() => InputFormats.Find("smaps")!.Parse(_smaps, new ParseOptions(Limits.Default)).Snapshots.Count;

    /// <summary>91 snapshots in a tar.gz.</summary>
    [Benchmark]
    public int Archive() => CaptureReader.Read(new MemoryStream(_archive), "smaps.tar.gz", null, Limits.Default).Parsed.Snapshots.Count;
}
