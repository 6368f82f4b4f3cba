using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Storage.Tests.Blocks;

/// <summary>Address spaces that change like real ones do, and some that no kernel would print. A fixture holds what seed 7 gave: append choices, do not change them.</summary>
internal static class RandomTables
{
    private static readonly string[] Names = ["", "[heap]", "[stack]", "/usr/lib/libc.so.6", "/tmp/a b\\012c", "[anon: näme]", "/memfd:x (deleted)", new string('x', 4096)];
    private static readonly ulong[] Odd = [0, 1, 4095, 0x7fff_ffff_f000, 0x8000_0000_0000_0000, 0xffff_ffff_ff60_0000, ulong.MaxValue];

    /// <summary>Snapshots of which each is the one before with some rows changed, dropped and added.</summary>
    public static List<TrackPoint> Points(int seed)
    {
        var random = new Random(seed);
        var rows = Enumerable.Range(0, random.Next(60)).Select(_ => new Row(random)).ToList();
        var points = new List<TrackPoint>();
        var at = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        for (var (i, number) = (0, random.Next(1, 1000)); i < 1 + (seed % 60); i++, number += random.Next(1, 4))
        {
            points.Add(new TrackPoint(number, at = at.AddTicks(random.NextInt64(-1000, 100_000_000)), Table(random, rows)));
            foreach (var row in rows.Where(_ => random.Next(10) == 0)) row.Change(random);
            rows.RemoveAll(_ => random.Next(30) == 0);
            while (random.Next(3) == 0) rows.Add(new Row(random));
        }
        return points;
    }

    private static VmaTable Table(Random random, List<Row> rows)
    {
        var metrics = random.Next(4) == 0 ? [] : Enum.GetValues<Metric>().Where(_ => random.Next(3) > 0).ToArray();
        var withFlags = random.Next(2) == 0;
        var builder = new VmaTable.Builder();
        foreach (var row in rows)
        {
            builder.Add(row.Start, row.End, row.Permissions, row.Offset, row.Major, row.Minor, row.Inode, row.Name);
            foreach (var metric in metrics)
                if (random.Next(8) > 0) builder.Set(metric, row.Metrics[(int)metric]);
            if (withFlags && random.Next(4) > 0) builder.SetFlags(row.Flags);
        }
        return builder.Build();
    }

    private sealed class Row
    {
        public Row(Random random)
        {
            Start = random.Next(5) == 0 ? Odd[random.Next(Odd.Length)] : (ulong)random.NextInt64(1 << 20) << 12;
            End = random.Next(20) == 0 ? Odd[random.Next(Odd.Length)] : unchecked(Start + ((ulong)random.Next(1, 100) << 12));
            Permissions = (VmaPermissions)random.Next(16);
            Name = Names[random.Next(Names.Length)];
            Flags = random.Next(2) == 0 ? "rd wr mr mw me ac" : "";
            (Major, Minor) = ((uint)random.Next(), random.Next(2) == 0 ? uint.MaxValue : 0);
            Change(random);
        }

        public ulong Start { get; private set; }
        public ulong End { get; private set; }
        public VmaPermissions Permissions { get; private set; }
        public ulong Offset { get; private set; }
        public uint Major { get; }
        public uint Minor { get; }
        public ulong Inode { get; private set; }
        public string Name { get; }
        public string Flags { get; }
        public long[] Metrics { get; } = new long[Core.Model.Metrics.Count];

        public void Change(Random random)
        {
            if (random.Next(2) == 0) Start = unchecked(Start - 4096);
            if (random.Next(4) == 0) End = unchecked(End + 8192);
            if (random.Next(8) == 0) Permissions ^= VmaPermissions.Write;
            if (random.Next(8) == 0) Offset = random.Next(2) == 0 ? ulong.MaxValue : (ulong)random.Next();
            if (random.Next(8) == 0) Inode = random.Next(2) == 0 ? ulong.MaxValue : (ulong)random.Next();
            for (var m = 0; m < Metrics.Length; m++)
                if (random.Next(3) == 0) Metrics[m] = random.Next(50) == 0 ? random.NextInt64(long.MinValue, long.MaxValue) : random.Next(100_000);
        }
    }
}
