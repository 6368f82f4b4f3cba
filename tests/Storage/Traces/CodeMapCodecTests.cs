using MemScope.Core.Model;
using MemScope.Storage.Stacks;
using MemScope.Storage.Tests.Blocks;

namespace MemScope.Storage.Tests.Traces;

public sealed class CodeMapCodecTests
{
    [Fact]
    public void Any_map_of_a_jit_reads_back()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var map = Map(seed);
            var read = CodeMapCodec.DecodeJitNames(CodeMapCodec.Encode(map));
            Assert.Equal(map.Process, read.Process);
            Assert.Equal(map.Entries, read.Entries);
        }
    }

    [Fact]
    public void Build_ids_read_back_in_their_order()
    {
        MappedModule[] modules = [new(default, 0, "/a", "11"), new(default, 0, "/b"), new(default, 0, "", "22"), new(default, 0, "/a", "33")];

        Assert.Equal([("/a", "11"), ("", "22"), ("/a", "33")], CodeMapCodec.DecodeBuildIds(CodeMapCodec.Encode(modules)));
    }

    [Fact]
    public void Damage_is_refused_or_read_but_never_takes_more_memory_than_allowed()
    {
        const long Budget = 4 << 20;
        for (var seed = 1; seed < 8; seed++) Damage.Check(CodeMapCodec.Encode(Map(seed)), 300, 4 * Budget, b => CodeMapCodec.DecodeJitNames(b, Budget));
        Damage.Check(CodeMapCodec.Encode([.. Enumerable.Range(0, 50).Select(i => new MappedModule(default, 0, $"/lib/{i}", "aa"))]), 300, 4 * Budget, b => CodeMapCodec.DecodeBuildIds(b, Budget));
    }

    private static PerfMap Map(int seed)
    {
        var random = new Random(seed);
        return new PerfMap(new ProcessHint(random.Next(2) == 0 ? null : random.Next()), [.. Enumerable.Range(0, random.Next(60)).Select(_ =>
        {
            var start = RandomStacks.Number(random);
            return new PerfMapEntry(new AddressRange(start, start + (RandomStacks.Number(random) % (ulong.MaxValue - start + (start == 0 ? 0ul : 1ul)))), RandomStacks.Text(random) ?? "");
        })]);
    }
}
