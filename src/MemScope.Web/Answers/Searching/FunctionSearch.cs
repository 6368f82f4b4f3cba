using MemScope.Storage.Queries;

namespace MemScope.Web.Answers.Searching;

/// <summary>A function in the stacks of a process.</summary>
/// <param name="Process">The process.</param>
/// <param name="Function">The function.</param>
/// <param name="Stacks">In how many of its traces and heap profiles.</param>
/// <param name="InTrace">Whether a trace has it: else a heap profile alone does.</param>
internal sealed record FoundFunction(Guid Process, StackFunction Function, int Stacks, bool InTrace);

/// <summary>What a search for functions came to.</summary>
/// <param name="Found">The functions: equal names first, then those that begin so.</param>
/// <param name="Stacks">Traces and heap profiles that were looked through.</param>
/// <param name="IsWhole">Whether those were all of the processes.</param>
internal sealed record FunctionsFound(IReadOnlyList<FoundFunction> Found, int Stacks, bool IsWhole);

/// <summary>In whose stacks does a function occur? Names are not stored, they are looked up: so many stacks at most are looked through, those of the first processes first, as long as there is time.</summary>
internal sealed class FunctionSearch(TraceQuery traces, HeapProfileQuery profiles, StackFunctions functions)
{
    /// <summary>Traces and heap profiles that are looked through.</summary>
    public const int MostStacks = 40;

    /// <summary>The functions with a text in their name, whatever its case.</summary>
    /// <param name="processes">Where to look, in order.</param>
    /// <param name="text">The text.</param>
    /// <param name="most">Most functions.</param>
    /// <param name="time">Ends the search; what was found until then holds.</param>
    /// <param name="cancel">Ends the work.</param>
    public async Task<FunctionsFound> FindAsync(IReadOnlyList<Guid> processes, string text, int most, CancellationToken time, CancellationToken cancel)
    {
        var found = new Dictionary<(Guid, StackFunction), FoundFunction>();
        var (looked, isWhole) = (0, true);
        try
        {
            foreach (var process in processes)
            {
                foreach (var trace in await traces.ListAsync(process, time))
                    if (isWhole = looked < MostStacks) Add(process, await functions.OfAsync(trace, time), inTrace: true);
                    else break;
                if (!isWhole) break;
                foreach (var profile in await profiles.ListAsync(process, time))
                    if (isWhole = looked < MostStacks) Add(process, await functions.OfAsync(profile, time), inTrace: false);
                    else break;
                if (!isWhole) break;
            }
        }
        catch (OperationCanceledException) when (time.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            isWhole = false;
        }
        var ranked = found.Values.OrderBy(f => Rank(f.Function.Name, text)).ThenBy(f => f.Function.Name.Length).ThenByDescending(f => f.Stacks).ThenBy(f => f.Function.Name, StringComparer.Ordinal);
        return new FunctionsFound([.. ranked.Take(most)], looked, isWhole);

        void Add(Guid process, IReadOnlyList<StackFunction> of, bool inTrace)
        {
            looked++;
            foreach (var function in of)
            {
                if (!function.Name.Contains(text, StringComparison.OrdinalIgnoreCase)) continue;
                var known = found.GetValueOrDefault((process, function));
                found[(process, function)] = new FoundFunction(process, function, (known?.Stacks ?? 0) + 1, inTrace || known?.InTrace == true);
            }
        }
    }

    private static int Rank(string name, string text) => name.Equals(text, StringComparison.OrdinalIgnoreCase) ? 0 : name.StartsWith(text, StringComparison.OrdinalIgnoreCase) ? 1 : 2;
}
