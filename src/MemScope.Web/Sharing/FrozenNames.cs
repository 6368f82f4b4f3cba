using MemScope.Storage.Symbols;
using MemScope.Web.Answers;
using MemScope.Web.Symbolication;
using MemScope.Web.Wire;

namespace MemScope.Web.Sharing;

/// <summary>
/// Names the frames of a frozen answer again, by the module, build id and address that were frozen with them. Names only get better: a frame that has a source line does not lose it, and no figure is
/// touched. Nothing of the process is asked; it may be gone.
/// </summary>
public sealed class FrozenNames(FrameNaming naming, SymbolCatalog catalog)
{
    /// <summary>The answer with the names that are known now, and when the newest file came that gave one; null and the answer as it is when none is new.</summary>
    /// <param name="chains">The frozen answer.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task<(CallchainsWire Chains, DateTimeOffset? NamesAt)> RenewAsync(CallchainsWire chains, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(chains);
        var (asked, numbers) = Asked(chains);
        if (asked.Count == 0) return (chains, null);
        var named = await naming.NameAsync(asked.ConvertAll(AskedFrame.Of), cancel);
        var changed = new HashSet<int>();
        List<CallchainWire> items = [.. chains.Items.Select(item => item with { Frames = Renewed(item.Frames, numbers, named, changed) })];
        if (changed.Count == 0) return (chains, null);
        var at = DateTimeOffset.MinValue;
        foreach (var (module, buildId) in changed.Select(i => (named[i][0].Module, named[i][0].BuildId)).Distinct())
            foreach (SymbolFileRow file in await catalog.FilesAsync(module ?? "", buildId, cancel)) if (file.ReceivedAt > at) at = file.ReceivedAt;
        var modules = await ModuleReport.OfAsync([.. items.SelectMany(i => i.Frames).Distinct()], naming, cancel);
        return (chains with { Items = items, Modules = modules }, at == DateTimeOffset.MinValue ? null : at);
    }

    private static (List<FrameWire> Asked, Dictionary<(string?, string?, string?), int> Numbers) Asked(CallchainsWire chains)
    {
        var asked = new List<FrameWire>();
        var numbers = new Dictionary<(string?, string?, string?), int>();
        foreach (var frame in chains.Items.SelectMany(i => i.Frames))
            if (frame is { Lookup: not null, Inlined: false } && numbers.TryAdd(KeyOf(frame), asked.Count)) asked.Add(frame);
        return (asked, numbers);
    }

    private static (string?, string?, string?) KeyOf(FrameWire frame) => (frame.Module, frame.BuildId, frame.Lookup);

    private static IReadOnlyList<FrameWire> Renewed(IReadOnlyList<FrameWire> frames, Dictionary<(string?, string?, string?), int> numbers, IReadOnlyList<FrameWire>[] named, HashSet<int> changed)
    {
        List<FrameWire>? renewed = null;
        for (var i = 0; i < frames.Count;)
        {
            // An address is the function that holds it, behind those that are inlined there.
            var end = i;
            while (end < frames.Count - 1 && frames[end].Inlined && frames[end].Lookup is { } place && frames[end + 1].Lookup == place && frames[end + 1].Module == frames[end].Module) end++;
            if (frames[end].Lookup is not null && numbers.TryGetValue(KeyOf(frames[end]), out var number) && IsBetter(named[number], frames, i, end))
            {
                renewed ??= [.. frames.Take(i)];
                renewed.AddRange(named[number].SkipLast(1));
                renewed.Add(named[number][^1] with { GapAfter = frames[end].GapAfter });
                changed.Add(number);
            }
            else renewed?.AddRange(frames.Skip(i).Take(end - i + 1));
            i = end + 1;
        }
        return renewed ?? frames;
    }

    private static bool IsBetter(IReadOnlyList<FrameWire> now, IReadOnlyList<FrameWire> before, int first, int last)
    {
        if (now[^1] is not { NamedBy: { } by, Function: not null } || !by.StartsWith("symbols", StringComparison.Ordinal)) return false;
        if (before[last] is { Function: not null, File: not null } && now[^1].File is null) return false;
        if (now.Count != last - first + 1) return true;
        for (var i = 0; i < now.Count; i++)
            if (now[i].Function != before[first + i].Function || now[i].File != before[first + i].File || now[i].Line != before[first + i].Line) return true;
        return false;
    }
}
