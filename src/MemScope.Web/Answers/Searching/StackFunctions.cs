using MemScope.Storage.Queries;
using MemScope.Storage.Symbols;
using MemScope.Web.Symbolication;

namespace MemScope.Web.Answers.Searching;

/// <summary>A function that stacks pass through.</summary>
/// <param name="Name">As frames show it.</param>
/// <param name="Module">Path of its module, or empty.</param>
internal readonly record struct StackFunction(string Name, string Module);

/// <summary>
/// The functions of traces and heap profiles by name, kept while there is room: a search asks for those of many, a stored trace never changes, and names only when symbol files come.
/// </summary>
internal sealed class StackFunctions(TraceQuery traces, HeapProfileCache profiles, StackNaming naming, SymbolCatalog symbols)
{
    /// <summary>Names kept over all stacks; those asked for last stay.</summary>
    private const int MostKept = 500_000;

    /// <summary>Functions of one trace or profile that are told apart; the rest of a hostile one is left out.</summary>
    private const int MostOfOne = 50_000;

    private readonly RecentlyUsed<(Guid Stacks, long Symbols), IReadOnlyList<StackFunction>> _kept = new(MostKept);

    /// <summary>The functions of a trace; of one that is not there any more none.</summary>
    public async Task<IReadOnlyList<StackFunction>> OfAsync(TraceRow row, CancellationToken cancel)
    {
        var key = (row.Id, symbols.Version);
        if (_kept.TryGet(key, out var kept)) return kept;
        return await traces.LoadAsync(row.ProcessId, row.Id, cancel) is { } trace ? Keep(key, await naming.NameAsync(row, trace, cancel)) : [];
    }

    /// <summary>The same of a heap profile.</summary>
    public async Task<IReadOnlyList<StackFunction>> OfAsync(HeapProfileRow row, CancellationToken cancel)
    {
        var key = (row.Id, symbols.Version);
        if (_kept.TryGet(key, out var kept)) return kept;
        return await profiles.FindAsync(row, cancel) is { } profile ? Keep(key, await naming.NameAsync(row, profile, cancel)) : [];
    }

    private IReadOnlyList<StackFunction> Keep((Guid, long) key, NamedStacks named)
    {
        var functions = new HashSet<StackFunction>();
        foreach (var frame in named.Frames)
            if (frame.Function is { Length: > 0 } name && functions.Count < MostOfOne) functions.Add(new StackFunction(name, frame.Module ?? ""));
        IReadOnlyList<StackFunction> list = [.. functions];
        // Names that are still being looked up come with the next search.
        if (!named.Frames.Any(f => f.Pending)) _kept.Keep(key, list, list.Count + 1);
        return list;
    }
}
