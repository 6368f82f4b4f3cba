using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>Random histories of an address space whose identities are known because a model made them.</summary>
public sealed class RandomHistoryTests
{
    [Fact]
    public void Lineage_recovers_the_identities_that_the_model_gave()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var history = new AddressSpaceModel(seed);
            var seen = new Dictionary<int, Guid>();
            var track = new Track(Maps.Process, SnapshotSource.Smaps);
            for (var step = 1; step <= 25; step++)
            {
                var owners = history.Step();
                Assert.True(track.TryAppend(Maps.Point(step, history.Table())));
                for (var row = 0; row < owners.Count; row++)
                {
                    var id = track.RegionOf(step - 1, row)!.Id;
                    if (seen.TryGetValue(owners[row], out var before)) Assert.True(before == id, $"seed {seed}, step {step}: row {row} lost its identity");
                    else Assert.True(seen.TryAdd(owners[row], id) && seen.Values.Count(v => v == id) == 1, $"seed {seed}, step {step}: row {row} was joined to a stranger");
                }
            }
        }
    }

    [Fact]
    public void Sightings_add_up_to_the_snapshots_whatever_happens()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            var track = Maps.Track([.. Enumerable.Range(0, 12).Select(_ => RandomTables.Text(random))]);

            Assert.Equal(track.Tables().Sum(p => p.Vmas.Count), track.Regions.Sum(r => r.LastAt - r.BornAt + 1));
            foreach (var region in track.Regions)
                for (var at = 0; at < track.Points.Count; at++) Assert.Equal(region.IsAliveAt(at) ? 1 : 0, track.AliveAt(at).Count(r => r == region));
        }
    }
}

/// <summary>Tables of random mappings on a small address space, so that everything collides: no identities are known, but sums must hold.</summary>
internal static class RandomTables
{
    private static readonly string[] Names = ["", "", "", "[heap]", "/lib/a.so", "[anon:pool]"];
    private static readonly string[] Permissions = ["rw-p", "rw-p", "r--p", "r-xp", "---p", "rw-s"];

    public static string Text(Random random)
    {
        var lines = new List<string>();
        for (var page = random.Next(8); page < 250;)
        {
            var length = 1 + random.Next(24);
            lines.Add($"{page:x}-{page + length:x} {Permissions[random.Next(Permissions.Length)]} {random.Next((length * 4) + 1)} {Names[random.Next(Names.Length)]}");
            page += length + (random.Next(2) * random.Next(10));
        }
        return string.Join('\n', lines);
    }
}
