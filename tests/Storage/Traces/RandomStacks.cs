using MemScope.Core.Model;

namespace MemScope.Storage.Tests.Traces;

/// <summary>Parts of traces and heap profiles with every field set or not set.</summary>
internal static class RandomStacks
{
    public static string? Text(Random random) => random.Next(3) switch { 0 => null, 1 => "", _ => $"näme {random.Next(5)}" };

    public static ulong Number(Random random) => random.Next(6) switch { 0 => ulong.MaxValue, 1 => 0, _ => (ulong)random.NextInt64() };

    public static long? Signed(Random random) => random.Next(5) switch { 0 => null, 1 => long.MinValue, 2 => long.MaxValue, 3 => 0, _ => random.NextInt64() };

    public static Callchain[] Callchains(Random random)
    {
        var frames = Enumerable.Range(0, random.Next(1, 12)).Select(_ => new RawFrame
        {
            Address = Number(random), AddressKind = (FrameAddressKind)random.Next((int)FrameAddressKind.LinkAddress + 1), Module = Text(random), Function = Text(random), FunctionOffset = random.Next(2) == 0 ? null : Number(random),
            File = Text(random), Line = random.Next(2) == 0 ? null : random.Next(-1, int.MaxValue), Inlined = random.Next(2) == 0, BuildId = Text(random),
        }).ToArray();
        return [.. Enumerable.Range(0, random.Next(6)).Select(_ => new Callchain([.. Enumerable.Range(0, random.Next(9)).Select(_ => frames[random.Next(frames.Length)])]))];
    }

    public static TraceLoss[] Losses(Random random) => [.. Enumerable.Range(0, random.Next(3)).Select(i => new TraceLoss($"loss{i}", random.NextInt64(), "text"))];

    public static MappedModule[] Modules(Random random) =>
        [.. Enumerable.Range(0, random.Next(4)).Select(_ => new MappedModule(new AddressRange(Number(random), Number(random)), Number(random), Text(random) ?? "", Text(random)) { FromNs = Signed(random) })];
}
