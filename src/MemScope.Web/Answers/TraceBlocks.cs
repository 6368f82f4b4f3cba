using System.Globalization;
using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Model;
using MemScope.Storage.Queries;
using MemScope.Web.Symbolication;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>What a trace left mapped, block by block.</summary>
internal static class TraceBlocks
{
    /// <summary>The blocks behind a cursor, by process and address. Null when the cursor is none of ours.</summary>
    /// <param name="asked">The trace.</param>
    /// <param name="memory">Its replay.</param>
    /// <param name="cursor">Where the page before ended: <c>pid_address</c>; null at the beginning.</param>
    /// <param name="limit">How many.</param>
    /// <param name="stacks">Names their sites.</param>
    /// <param name="cancel">Ends the wait.</param>
    public static async Task<Page<OutstandingBlockWire>?> OfAsync(AskedTrace asked, OutstandingMemory memory, string? cursor, int limit, StackNaming stacks, CancellationToken cancel)
    {
        if (FirstBehind(memory.Blocks, cursor) is not { } first) return null;
        var blocks = memory.Blocks.Skip(first).Take(limit).ToList();
        var chains = blocks.Select(b => b.Callchain).Where(c => c >= 0).Distinct().ToList();
        var trace = asked.Replayed.Trace;
        var named = await stacks.NameAsync(asked.Replayed.Row, trace, [.. chains], cancel);
        var sites = new Dictionary<int, FrameWire?>();
        for (var i = 0; i < chains.Count; i++) sites[chains[i]] = TraceSites.IndexOfSite(named, named.FramesOf(i)) is >= 0 and var at ? named.Frames[named.FramesOf(i)[at]] : null;
        var next = first + blocks.Count < memory.Blocks.Count ? CursorOf(blocks[^1]) : null;
        return new Page<OutstandingBlockWire>([.. blocks.Select(b => ToWire(b, asked.Replayed.Row.Anchor, sites.GetValueOrDefault(b.Callchain)))], next);
    }

    private static OutstandingBlockWire ToWire(OutstandingBlock block, ClockAnchor? anchor, FrameWire? site) => new(
        AddressText.Of(block.Range.Start), AddressText.Of(block.Range.End), (long)block.Range.Length, block.Pid, block.Tid, block.MappedAtNs, anchor?.WallOf(block.MappedAtNs), block.IsReserve, site);

    private static string CursorOf(OutstandingBlock block) => string.Create(CultureInfo.InvariantCulture, $"{block.Pid}_{block.Range.Start:x}");

    // Blocks stand by process, the processes in the order in which the trace names them.
    private static int? FirstBehind(IReadOnlyList<OutstandingBlock> blocks, string? cursor)
    {
        if (cursor is null) return 0;
        if (cursor.Split('_') is not [var pidText, var startText] || !int.TryParse(pidText, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var pid)
            || !ulong.TryParse(startText, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var start)) return null;
        for (var i = 0; i < blocks.Count; i++)
            if (blocks[i].Pid == pid && blocks[i].Range.Start == start) return i + 1;
        return null;
    }
}
