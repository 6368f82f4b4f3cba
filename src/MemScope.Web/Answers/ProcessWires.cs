using MemScope.Core.Analysis.Assessment;
using MemScope.Core.Model;
using MemScope.Storage.Queries;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Rows of storage as wire records.</summary>
internal static class ProcessWires
{
    /// <summary>A process with its assessment.</summary>
    public static ProcessWire ToWire(this ProcessRow row, AssessedProcess assessed)
    {
        var track = row.Tracks.Count > 0 ? row.Tracks[0] : null;
        return new ProcessWire(row.Id, row.Host, row.Pid, row.Comm, row.CommandLine, row.StartTime, row.Labels, row.Tracks.Sum(t => t.Snapshots), FirstOf(row), LastOf(row),
            track?.LastRssBytes ?? row.Tracks.FirstOrDefault(t => t.LastRssBytes is not null)?.LastRssBytes, assessed.BytesPerSecond, assessed.Assessment)
        {
            Sources = [.. row.Tracks.Select(t => t.Source.Text())],
            Tracks = [.. row.Tracks.Select(t => new TrackWire(t.Source.Text(), t.Snapshots, t.FirstAt, t.LastAt))],
            Traces = row.Traces,
            HeapProfiles = row.HeapProfiles,
            Captures = row.Captures,
            RssSparkline = row.RssSparkline,
        };
    }

    /// <summary>A snapshot without its mappings.</summary>
    public static SnapshotWire ToWire(this SnapshotRow row) =>
        new(row.Number, row.TakenAt, row.CaptureId, row.VmaCount, row.RssBytes, row.PssBytes, row.SwapBytes, row.VirtualBytes, row.ByCategory.ToDictionary(c => c.Key.Slug(), c => c.Value, StringComparer.Ordinal))
        {
            Source = row.Source.Text(),
            StatusRssBytes = row.StatusRssBytes,
            RollupRssBytes = row.RollupRssBytes,
        };

    /// <summary>A capture with its parse report.</summary>
    public static CaptureWire ToWire(this CaptureRow row) =>
        new(row.Id, row.FileName, row.Format, row.Version, row.Sha256, row.DecodedBytes, row.ReceivedAt, row.Snapshots, row.Events, [.. row.Diagnostics.Select(DiagnosticWire.Of)])
        {
            Figures = row.Contents.Figures,
            HeapProfiles = row.Contents.HeapProfiles,
            PerfMaps = row.Contents.PerfMaps,
            Members = MemberWire.ListOf(row.Contents.Members),
            TextDroppedAt = row.TextDroppedAt,
            TextKept = row.TextKept,
            Pinned = row.IsPinned,
        };

    /// <summary>A heap profile in a list.</summary>
    public static HeapProfileWire ToWire(this HeapProfileRow row) =>
        new(row.Id, row.Tool, row.Unit.ToString().ToLowerInvariant(), row.TakenAt, row.Dumps, row.Callchains, row.LiveBytes, row.PeakBytes, [.. row.Losses.Select(l => l.Text)], row.CaptureId, row.FileName);

    /// <summary>Figures of one moment.</summary>
    public static FiguresWire ToWire(this FiguresRow row) =>
        new(row.Id, row.Kind, row.Label, row.TakenAt, row.Bytes, row.Counts, row.CaptureId)
        {
            TimeOrigin = row.TimeOrigin switch
            {
                TimeOrigin.Query => "query",
                TimeOrigin.InFile => "file",
                TimeOrigin.MemberName => "member-name",
                TimeOrigin.ModificationTime => "modification-time",
                _ => "receipt",
            },
        };

    /// <summary>An assessment.</summary>
    public static AssessmentWire ToWire(this ProcessAssessment assessment) =>
        new(assessment.Kind, assessment.InsideMallocHeap, assessment.Category?.Slug(), assessment.Summary);

    private static DateTimeOffset? FirstOf(ProcessRow row) => row.Tracks.Count == 0 ? null : row.Tracks.Min(t => t.FirstAt);

    private static DateTimeOffset? LastOf(ProcessRow row) => row.Tracks.Count == 0 ? null : row.Tracks.Max(t => t.LastAt);
}
