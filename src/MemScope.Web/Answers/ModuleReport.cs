using MemScope.Web.Symbolication;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Counts the distinct frames of each module in an answer, so that a reader sees which file is missing.</summary>
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
            seen.Frames.Add(frame.Offset ?? frame.Function ?? "");
            seen.BuildId ??= frame.BuildId;
            seen.HasSymbols |= frame.NamedBy?.StartsWith("symbols", StringComparison.Ordinal) == true;
            seen.HasUnnamed |= frame.Function is null;
        }
        var result = new List<ModuleWire>(modules.Count);
        foreach (var (path, seen) in modules.OrderByDescending(m => m.Value.Frames.Count))
        {
            var buildId = seen.BuildId ?? await naming.BuildIdOfAsync(path, cancel);
            var state = seen.HasSymbols ? "symbols" : seen.HasUnnamed ? "missing" : "names from the tracer";
            result.Add(new ModuleWire(path, buildId, state, seen.Frames.Count, state == "symbols" ? "" : Help(path, buildId)));
        }
        return result;
    }

    private sealed class Seen
    {
        public HashSet<string> Frames { get; } = new(StringComparer.Ordinal);

        public string? BuildId { get; set; }

        public bool HasSymbols { get; set; }

        public bool HasUnnamed { get; set; }
    }

    private static string Help(string path, string? buildId)
    {
        var which = buildId is null ? $"{path}, or its .debug file" : $"the file with build id {buildId}, or its .debug file";
        return $"Upload {which}: names, files and lines appear here at once.";
    }
}
