using MemScope.Core.Model;
using MemScope.Storage.Blocks;
using MemScope.Storage.Stacks;

namespace MemScope.Storage.HeapProfiles;

/// <summary>A whole heap profile as one compressed value, lossless: frames and callchains once each, strings interned.</summary>
internal static class HeapProfileCodec
{
    /// <summary>The version written. Kept beside each profile, and its first byte.</summary>
    public const byte Version = 2;

    /// <summary>The version before frames were placed at ingest. It is still read.</summary>
    private const byte Unplaced = 1;

    /// <summary>Memory that a profile may take when it is read: 2 GiB.</summary>
    public const long DefaultBudgetBytes = int.MaxValue;

    private const int SiteBytes = 120, PointBytes = 64, DumpBytes = 160; // sizes in memory, rounded up

    /// <summary>Writes a profile.</summary>
    public static byte[] Encode(HeapProfile profile)
    {
        var writer = new PackedWriter();
        writer.Text(profile.Tool);
        writer.Count((int)profile.Unit);
        writer.Count((int)profile.Clock);
        writer.OptionalSigned(profile.PeakBytes);
        writer.OptionalSigned(profile.PeakTime);
        writer.OptionalSigned(profile.SamplePeriodBytes);
        PackedStacks.WriteProcess(writer, profile.Process);
        PackedStacks.WriteLosses(writer, profile.Losses);
        PackedStacks.WriteModules(writer, profile.Modules);
        PackedStacks.WriteCallchains(writer, profile.Callchains);
        WriteTimeline(writer, profile.Timeline);
        writer.Count(profile.Dumps.Count);
        foreach (var dump in profile.Dumps) WriteDump(writer, dump);
        return writer.Finish(Version);
    }

    /// <summary>Reads a profile.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged or ask for more than the budget.</exception>
    public static HeapProfile Decode(ReadOnlySpan<byte> packed, long budgetBytes = DefaultBudgetBytes)
    {
        var version = packed is [Unplaced, ..] ? Unplaced : Version;
        var reader = PackedReader.Open(packed, version, (int)Math.Min(budgetBytes, Array.MaxLength));
        var budget = new MemoryBudget(budgetBytes);
        var tool = reader.Text();
        var unit = (WeightUnit)reader.Count((int)WeightUnit.Unknown);
        var clock = (ClockDomain)reader.Count((int)ClockDomain.AllocatedBytes);
        var (peakBytes, peakTime, period) = (reader.OptionalSigned(), reader.OptionalSigned(), reader.OptionalSigned());
        var process = PackedStacks.ReadProcess(reader);
        var losses = PackedStacks.ReadLosses(reader);
        var modules = PackedStacks.ReadModules(reader, budget, haveTimes: version == Version);
        var callchains = PackedStacks.ReadCallchains(reader, budget, version < Version ? FrameAddressKind.InModule : FrameAddressKind.LinkAddress);
        var timeline = ReadTimeline(reader, budget);
        var dumps = new HeapDump[budget.Take(reader.CountOf(10), DumpBytes)];
        for (var i = 0; i < dumps.Length; i++) dumps[i] = ReadDump(reader, callchains.Length, budget);
        reader.End();
        return new HeapProfile(tool, process, callchains, dumps)
        {
            Unit = unit, Clock = clock, PeakBytes = peakBytes, PeakTime = peakTime, SamplePeriodBytes = period, Losses = losses, Modules = modules, Timeline = timeline,
        };
    }

    private static void WriteTimeline(PackedWriter writer, IReadOnlyList<HeapPoint> timeline)
    {
        writer.Count(timeline.Count);
        var before = default(HeapPoint);
        foreach (var point in timeline)
        {
            writer.Signed(unchecked(point.Time - before.Time));
            writer.Signed(unchecked(point.LiveBytes - before.LiveBytes));
            writer.OptionalSigned(point.ResidentBytes);
            writer.OptionalSigned(point.OverheadBytes);
            writer.OptionalSigned(point.StackBytes);
            before = point;
        }
    }

    private static HeapPoint[] ReadTimeline(PackedReader reader, MemoryBudget budget)
    {
        var timeline = new HeapPoint[budget.Take(reader.CountOf(5), PointBytes)];
        var before = default(HeapPoint);
        for (var i = 0; i < timeline.Length; i++)
        {
            timeline[i] = before = new HeapPoint(unchecked(before.Time + reader.Signed()), unchecked(before.LiveBytes + reader.Signed()))
            {
                ResidentBytes = reader.OptionalSigned(), OverheadBytes = reader.OptionalSigned(), StackBytes = reader.OptionalSigned(),
            };
        }
        return timeline;
    }

    private static void WriteDump(PackedWriter writer, HeapDump dump)
    {
        writer.Text(dump.Label);
        writer.OptionalSigned(dump.TakenAt?.UtcTicks);
        writer.Count((int)dump.TimeOrigin);
        writer.OptionalSigned(dump.Time);
        writer.OptionalSigned(dump.LiveBytes);
        writer.OptionalSigned(dump.LiveCount);
        writer.OptionalSigned(dump.AllocatedBytes);
        writer.OptionalSigned(dump.AllocatedCount);
        writer.Signed(dump.Line);
        writer.Count(dump.Sites.Count);
        foreach (var site in dump.Sites)
        {
            writer.Count(site.Callchain + 1);
            writer.Text(site.Kind);
            writer.OptionalSigned(site.Live);
            writer.OptionalSigned(site.LiveCount);
            writer.OptionalSigned(site.Allocated);
            writer.OptionalSigned(site.AllocatedCount);
            writer.OptionalSigned(site.Peak);
            writer.OptionalSigned(site.TemporaryCount);
            writer.Signed(site.Line);
        }
    }

    private static HeapDump ReadDump(PackedReader reader, int callchains, MemoryBudget budget)
    {
        var label = reader.TextOrNull();
        var ticks = reader.OptionalSigned();
        if (ticks < 0 || ticks > DateTime.MaxValue.Ticks) throw new InvalidDataException("no such time");
        var dump = new HeapDump([])
        {
            Label = label,
            TakenAt = ticks is { } known ? new DateTimeOffset(known, TimeSpan.Zero) : null,
            TimeOrigin = (TimeOrigin)reader.Count((int)TimeOrigin.Receipt),
            Time = reader.OptionalSigned(),
            LiveBytes = reader.OptionalSigned(),
            LiveCount = reader.OptionalSigned(),
            AllocatedBytes = reader.OptionalSigned(),
            AllocatedCount = reader.OptionalSigned(),
            Line = unchecked((int)reader.Signed()),
        };
        var sites = new HeapSite[budget.Take(reader.CountOf(9), SiteBytes)];
        for (var i = 0; i < sites.Length; i++)
        {
            sites[i] = new HeapSite
            {
                Callchain = reader.Count(callchains) - 1,
                Kind = reader.TextOrNull(),
                Live = reader.OptionalSigned(),
                LiveCount = reader.OptionalSigned(),
                Allocated = reader.OptionalSigned(),
                AllocatedCount = reader.OptionalSigned(),
                Peak = reader.OptionalSigned(),
                TemporaryCount = reader.OptionalSigned(),
                Line = unchecked((int)reader.Signed()),
            };
        }
        return dump with { Sites = sites };
    }
}
