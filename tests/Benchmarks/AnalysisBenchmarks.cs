using BenchmarkDotNet.Attributes;
using MemScope.Core;
using MemScope.Core.Analysis.Diff;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Formats;
using MemScope.Core.Model;
using MemScope.Tests;

namespace MemScope.Benchmarks;

/// <summary>From model to answers over the 91 snapshots of the founding case.</summary>
[MemoryDiagnoser]
public class AnalysisBenchmarks
{
    private List<TrackPoint> _points = [];
    private Track? _track;

    /// <summary>Parses the case.</summary>
    [GlobalSetup]
    public void Parse()
    {
        var parsed = CaptureReader.Read(new MemoryStream(Fixtures.Bytes("cases", "ucx-leak", "smaps.tar.gz")), "smaps.tar.gz", null, Limits.Default).Parsed;
        _points = [.. parsed.Snapshots.Select((s, i) => new TrackPoint(i + 1, s.TakenAt!.Value, s.Vmas))];
        _track = Lineage();
    }

    /// <summary>Regions through all snapshots.</summary>
    [Benchmark]
    public Track Lineage() => Track.Build(Guid.Empty, SnapshotSource.Smaps, _points);

    /// <summary>First against last snapshot.</summary>
    [Benchmark]
    public SnapshotDiff Diff() => SnapshotDiffer.Compare(_track!, 0, _points.Count - 1);
}
