using MemScope.Core.Analysis.Categories;
using MemScope.Storage.Captures;
using MemScope.Storage.Queries;
using MemScope.Storage.Symbols;
using MemScope.Web.Components;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers.Searching;

/// <summary>
/// One search over everything that has a name or an address: processes, regions, functions, modules and build ids. Each kind is looked for within bounds (<see cref="SearchQuery.MostProcesses"/>,
/// <see cref="FunctionSearch.MostStacks"/>, <see cref="Time"/>), the process in view before all others, and the answer says what was looked through.
/// </summary>
internal sealed class SearchAnswers(SearchQuery query, ProcessQuery processes, RegionAnswers regions, FunctionSearch functions, SymbolFileStore symbols, TimeProvider clock)
{
    /// <summary>What a search may take in all before it answers with what it has.</summary>
    public static readonly TimeSpan Time = TimeSpan.FromSeconds(4);

    private static readonly SearchWire Nothing = new("", [], []);

    /// <summary>What is found for a text; <paramref name="inProcess"/> is searched first.</summary>
    public async Task<SearchWire> AskAsync(string? text, Guid? inProcess, CancellationToken cancel)
    {
        if (SearchText.Of(text) is not { } asked) return Nothing;
        using var limit = new CancellationTokenSource(Time, clock);
        using var time = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        var newest = await query.NewestAsync(Projects.Default, cancel);
        var look = new Look(asked, await FirstAsync(newest, inProcess, cancel), inProcess, newest.Count == SearchQuery.MostProcesses);
        try
        {
            if (!asked.IsMarked) await ProcessesAsync(look, time.Token);
            if (asked.Address is { } address) await RegionsAsync(look, address, time.Token);
            if (asked.IsName || asked.BuildId is not null) await ModulesAsync(look, time.Token);
            if (asked.IsName) await FunctionsAsync(look, time.Token, cancel);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            look.Missing ??= $"The search ended after {Format.Span(Time)}: ask for a longer text, or in one process.";
        }
        var hits = SearchHitWire.Kinds.SelectMany(k => look.Hits.Where(h => h.Kind == k));
        return new SearchWire(asked.Text, [.. hits], look.Searched) { Missing = look.Missing };
    }

    /// <summary>The processes with the one in view first, however old it is.</summary>
    private async Task<IReadOnlyList<FoundProcess>> FirstAsync(IReadOnlyList<FoundProcess> newest, Guid? inProcess, CancellationToken cancel)
    {
        if (inProcess is not { } id) return newest;
        if (newest.FirstOrDefault(p => p.Id == id) is { } known) return [known, .. newest.Where(p => p.Id != id)];
        return await processes.FindAsync(Projects.Default, id, cancel) is { } old ? [new FoundProcess(old.Id, old.Host, old.Pid, old.Comm, old.Traces + old.HeapProfiles > 0), .. newest] : newest;
    }

    private async Task ProcessesAsync(Look look, CancellationToken cancel)
    {
        var found = await processes.ListAsync(Projects.Default, look.Asked.Text, null, SearchQuery.MostRows, cancel);
        // A pid is meant before a number somewhere in a command line.
        foreach (var p in found.Items.OrderByDescending(p => p.Pid.ToString(System.Globalization.CultureInfo.InvariantCulture) == look.Asked.Text || p.Comm.Equals(look.Asked.Text, StringComparison.OrdinalIgnoreCase)))
        {
            string[] told = [.. p.Labels.Select(l => $"{l.Key}={l.Value}"), p.CommandLine];
            look.Hits.Add(new("process", NameOf(p.Comm, p.Pid), string.Join(" · ", told.Where(t => t.Length > 0)), Urls.Overview(p.Id)) { ProcessId = p.Id, Where = p.Host });
        }
        look.Searched.Add("processes by name, host, pid, command line and labels");
        if (found.Next is not null) look.Missing ??= $"More than {SearchQuery.MostRows} processes match: filter the list of processes.";
    }

    private async Task RegionsAsync(Look look, ulong address, CancellationToken cancel)
    {
        if (look.InProcess is { } id && look.Processes is [{ } first, ..] && first.Id == id && await regions.RegionsAsync(id, new WindowState(), null, null, $"0x{address:x}", null, SearchQuery.MostRows, cancel) is { } here)
        {
            foreach (var r in here.Items) look.Hits.Add(Hit(first, r.Id, Format.Range(r.Start, r.End), r.Category, r.Name, r.Perms, r.RssBytes, null));
        }
        var others = look.Processes.Where(p => p.Id != look.InProcess || look.Hits.All(h => h.Kind != "region")).ToDictionary(p => p.Id);
        foreach (var r in await query.RegionsAsync([.. look.Processes.Select(p => p.Id).Where(others.ContainsKey)], address, cancel))
            look.Hits.Add(Hit(others[r.Process], r.Region, Format.Range($"{r.Range.Start:x}", $"{r.Range.End:x}"), r.Category, r.Backing, r.Permissions, r.RssBytes, (r.FirstNumber, r.LastNumber)));
        look.Searched.Add($"regions that hold 0x{address:x} {look.Within}");
    }

    private static SearchHitWire Hit(FoundProcess process, Guid region, string range, string category, string name, string perms, long? rss, (int First, int Last)? seen)
    {
        string?[] told = [CategoryLook.Title(category), name.Length == 0 ? "unnamed" : name, perms, rss is { } bytes ? $"RSS {Format.KiB(bytes)} KiB" : null, seen is { } s ? $"#{s.First} to #{s.Last}" : null];
        return new("region", range, string.Join(" · ", told.OfType<string>()), Urls.Region(process.Id, region)) { ProcessId = process.Id, Where = WhereOf(process), RegionId = region, Category = category };
    }

    private async Task ModulesAsync(Look look, CancellationToken cancel)
    {
        if (look.Asked.BuildId is { } prefix)
        {
            foreach (var f in await symbols.BeginningAsync(Projects.Default, prefix, SearchQuery.MostRows, cancel))
                look.Hits.Add(new("build-id", f.BuildId, $"symbol file {(f.FileName.Length == 0 ? "without a name" : f.FileName)} · {f.Kind} · {Format.Of(f.Functions, "function")}", Urls.SymbolsOf(f.BuildId)) { BuildId = f.BuildId });
            look.Searched.Add("symbol files by build id");
        }
        var byId = look.Processes.ToDictionary(p => p.Id);
        foreach (var m in await query.ModulesAsync([.. look.Processes.Where(p => p.HasStacks).Select(p => p.Id)], look.Asked.BuildId ?? "", look.Asked.IsName ? look.Asked.Text : "", cancel))
        {
            var path = Urls.Stacks(m.Process, null, new StackShown { Module = m.Module, Weight = "mapped" });
            var isBuildId = look.Asked.BuildId is { } id && m.BuildId?.StartsWith(id, StringComparison.Ordinal) == true;
            var told = $"{(isBuildId ? m.Module : m.BuildId is null ? "no build id" : $"build id {m.BuildId}")} · {Format.Of(m.Frames, "frame")} in stacks";
            look.Hits.Add(new(isBuildId ? "build-id" : "module", isBuildId ? m.BuildId! : m.Module, told, path) { ProcessId = m.Process, Where = WhereOf(byId[m.Process]), BuildId = m.BuildId });
        }
        look.Searched.Add($"modules of stacks {look.Within}");
    }

    private async Task FunctionsAsync(Look look, CancellationToken time, CancellationToken cancel)
    {
        var byId = look.Processes.ToDictionary(p => p.Id);
        var found = await functions.FindAsync([.. look.Processes.Where(p => p.HasStacks).Select(p => p.Id)], look.Asked.Text, SearchQuery.MostRows, time, cancel);
        foreach (var f in found.Found)
        {
            var path = Urls.Stacks(f.Process, null, new StackShown { Find = f.Function.Name, Weight = f.InTrace ? "mapped" : "live" });
            var told = $"{(f.Function.Module.Length == 0 ? "module not known" : Format.FileName(f.Function.Module))} · in {Format.Of(f.Stacks, f.InTrace ? "trace" : "heap profile")}";
            look.Hits.Add(new("function", f.Function.Name, told, path) { ProcessId = f.Process, Where = WhereOf(byId[f.Process]) });
        }
        look.Searched.Add($"functions of {Format.Of(found.Stacks, "trace and heap profile", "traces and heap profiles")} {look.Within}");
        if (!found.IsWhole) look.Missing ??= $"Not all stacks were looked through, {FunctionSearch.MostStacks} at most: open a process to have its own looked through first.";
    }

    private static string WhereOf(FoundProcess process) => $"{NameOf(process.Comm, process.Pid)}, {process.Host}";

    private static string NameOf(string comm, int pid) => comm.Length == 0 ? FormattableString.Invariant($"pid {pid}") : FormattableString.Invariant($"{comm} {pid}");

    /// <summary>A search under way.</summary>
    private sealed record Look(SearchText Asked, IReadOnlyList<FoundProcess> Processes, Guid? InProcess, bool IsCut)
    {
        public List<SearchHitWire> Hits { get; } = [];

        public List<string> Searched { get; } = [];

        public string? Missing { get; set; }

        /// <summary>How far it looks, in words.</summary>
        public string Within => IsCut ? $"in the newest {SearchQuery.MostProcesses} processes{(InProcess is null ? "" : ", this one first")}" : $"in {Format.Of(Processes.Count, "process", "processes")}{(InProcess is null ? "" : ", this one first")}";
    }
}
