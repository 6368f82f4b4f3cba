using MemScope.Core.Model;
using MemScope.Storage.Blocks;

namespace MemScope.Storage.Stacks;

/// <summary>What an upload says of the code of a process, as one compressed value: names of functions that a JIT wrote, or build ids of modules by path.</summary>
internal static class CodeMapCodec
{
    /// <summary>Names of a JIT; the value's first byte and its column <c>codec</c>.</summary>
    public const byte JitNames = 1;

    /// <summary>Build ids by path; the value's first byte and its column <c>codec</c>.</summary>
    public const byte BuildIds = 2;

    /// <summary>Memory that a value may take when it is read: 1 GiB.</summary>
    public const long DefaultBudgetBytes = 1 << 30;

    /// <summary>Writes the names of a JIT, in the order of the file.</summary>
    public static byte[] Encode(PerfMap map)
    {
        var writer = new PackedWriter();
        PackedStacks.WriteProcess(writer, map.Process);
        writer.Count(map.Entries.Count);
        var start = 0UL;
        foreach (var entry in map.Entries)
        {
            writer.Signed(unchecked((long)(entry.Range.Start - start)));
            start = entry.Range.Start;
            writer.Number(entry.Range.Length);
            writer.Text(entry.Name);
        }
        return writer.Finish(JitNames);
    }

    /// <summary>Reads the names of a JIT.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged or ask for more than the budget.</exception>
    public static PerfMap DecodeJitNames(ReadOnlySpan<byte> packed, long budgetBytes = DefaultBudgetBytes)
    {
        var reader = PackedReader.Open(packed, JitNames, (int)Math.Min(budgetBytes, Array.MaxLength));
        var budget = new MemoryBudget(budgetBytes);
        var process = PackedStacks.ReadProcess(reader);
        var entries = new PerfMapEntry[budget.Take(reader.CountOf(3), 96)];
        var start = 0UL;
        for (var i = 0; i < entries.Length; i++)
        {
            start = unchecked(start + (ulong)reader.Signed());
            var length = reader.Number();
            if (length > ulong.MaxValue - start) throw new InvalidDataException("a function reaches over the end of memory");
            entries[i] = new PerfMapEntry(new AddressRange(start, start + length), reader.Text());
        }
        reader.End();
        return new PerfMap(process, entries);
    }

    /// <summary>Writes build ids by path. What has none is left out.</summary>
    public static byte[] Encode(IReadOnlyList<MappedModule> modules)
    {
        var named = modules.Where(m => m.BuildId is not null).ToList();
        var writer = new PackedWriter();
        writer.Count(named.Count);
        foreach (var module in named)
        {
            writer.Text(module.Path);
            writer.Text(module.BuildId);
        }
        return writer.Finish(BuildIds);
    }

    /// <summary>Reads build ids by path, in the order of the file.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged or ask for more than the budget.</exception>
    public static IReadOnlyList<(string Path, string BuildId)> DecodeBuildIds(ReadOnlySpan<byte> packed, long budgetBytes = DefaultBudgetBytes)
    {
        var reader = PackedReader.Open(packed, BuildIds, (int)Math.Min(budgetBytes, Array.MaxLength));
        var budget = new MemoryBudget(budgetBytes);
        var named = new (string, string)[budget.Take(reader.CountOf(2), 64)];
        for (var i = 0; i < named.Length; i++) named[i] = (reader.Text(), reader.Text());
        reader.End();
        return named;
    }
}
