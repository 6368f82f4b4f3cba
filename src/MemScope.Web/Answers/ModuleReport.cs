using MemScope.Web.Symbolication;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Counts the distinct frames of each module in an answer, so that a reader sees which file is missing.</summary>
internal sealed class ModuleReport
{
    private readonly Dictionary<string, (HashSet<string> Frames, string? BuildId, bool Symbols, bool Unnamed)> _modules = new(StringComparer.Ordinal);

    public void Add(IReadOnlyList<FrameWire> frames)
    {
        foreach (var frame in frames)
        {
            if (frame.Module is not { Length: > 0 } module) continue;
            if (!_modules.TryGetValue(module, out var seen)) seen = (new HashSet<string>(StringComparer.Ordinal), null, false, false);
            seen.Frames.Add(frame.Offset ?? frame.Function ?? "");
            _modules[module] = (seen.Frames, seen.BuildId ?? frame.BuildId, seen.Symbols || frame.NamedBy?.StartsWith("symbols", StringComparison.Ordinal) == true,
                seen.Unnamed || frame.Function is null);
        }
    }

    public async Task<IReadOnlyList<ModuleWire>> ToWireAsync(FrameNaming naming, CancellationToken cancel)
    {
        var result = new List<ModuleWire>(_modules.Count);
        foreach (var (path, seen) in _modules.OrderByDescending(m => m.Value.Frames.Count))
        {
            var buildId = seen.BuildId ?? await naming.BuildIdOfAsync(path, cancel);
            var state = seen.Symbols ? "symbols" : seen.Unnamed ? "missing" : "names from the tracer";
            result.Add(new ModuleWire(path, buildId, state, seen.Frames.Count, state == "symbols" ? "" : Help(path, buildId)));
        }
        return result;
    }

    private static string Help(string path, string? buildId)
    {
        var which = buildId is null ? $"{path}, or its .debug file" : $"the file with build id {buildId}, or its .debug file";
        return $"Upload {which}: names, files and lines appear here at once.";
    }
}
