using MemScope.Web.Symbolication;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Counts the distinct frames of each module in an answer and says what is known of its symbols, so that a reader sees which file is missing and how to get it.</summary>
internal static class ModuleReport
{
    /// <summary>The modules of some frames, those with the most first.</summary>
    public static async Task<IReadOnlyList<ModuleWire>> OfAsync(IReadOnlyList<FrameWire> frames, FrameNaming naming, CancellationToken cancel)
    {
        var modules = new Dictionary<string, Seen>(StringComparer.Ordinal);
        foreach (var frame in frames)
        {
            if (frame.Module is not { Length: > 0 } module) continue;
            if (!modules.TryGetValue(module, out var seen)) modules[module] = seen = new Seen();
            var place = frame.Offset ?? frame.Function ?? "";
            seen.Frames.Add(place);
            if (frame.Function is null) seen.Unnamed.Add(place);
            if (frame.Pending) seen.Pending.Add(place);
            seen.BuildId ??= frame.BuildId;
            seen.HasSymbols |= frame.NamedBy?.StartsWith("symbols", StringComparison.Ordinal) == true;
            seen.IsByName |= frame.NamedBy == "symbols (matched by file name)";
        }
        var result = new List<ModuleWire>(modules.Count);
        foreach (var (path, seen) in modules.OrderByDescending(m => m.Value.Frames.Count)) result.Add(await WireAsync(path, seen, naming, cancel));
        return result;
    }

    private static async Task<ModuleWire> WireAsync(string path, Seen seen, FrameNaming naming, CancellationToken cancel)
    {
        var status = await naming.StatusAsync(path, seen.IsByName ? null : seen.BuildId, cancel);
        var buildId = seen.BuildId ?? status.BuildId;
        var state = seen.HasSymbols ? "symbols" : seen.Unnamed.Count > 0 ? "missing" : "names from the tracer";
        var wire = new ModuleWire(path, buildId, state, seen.Frames.Count, state == "symbols" ? "" : Help(path, buildId))
        {
            Symbols = seen.Pending.Count > 0 && status.Symbols == "missing" ? "pending" : status.Symbols, Unnamed = seen.Unnamed.Count, Pending = seen.Pending.Count, File = status.File, MatchedBy = status.MatchedBy, Note = status.Note,
        };
        if (status.Symbols is "lines" or "tool-missing") return wire;
        var advice = SymbolAdvice.For(path, buildId);
        return wire with { Candidates = advice.Candidates, Command = advice.Command, Hints = advice.Hints };
    }

    private sealed class Seen
    {
        public HashSet<string> Frames { get; } = new(StringComparer.Ordinal);

        public HashSet<string> Unnamed { get; } = new(StringComparer.Ordinal);

        public HashSet<string> Pending { get; } = new(StringComparer.Ordinal);

        public string? BuildId { get; set; }

        public bool HasSymbols { get; set; }

        public bool IsByName { get; set; }
    }

    private static string Help(string path, string? buildId)
    {
        var which = buildId is null ? $"{path}, or its .debug file" : $"the file with build id {buildId}, or its .debug file";
        return $"Upload {which}: names, files and lines appear here at once.";
    }
}
