using MemScope.Core.Model;

namespace MemScope.Core.Formats.Containers;

/// <summary>Gives the modules and frames of traces the build ids that the same upload names by path (perf buildid-list), so that their symbols are found by content and not by path.</summary>
internal static class ModuleBuildIds
{
    /// <summary>The traces with build ids where they had none.</summary>
    public static IReadOnlyList<Trace> Apply(IReadOnlyList<Trace> traces, IReadOnlyList<MappedModule> named)
    {
        if (named.Count == 0) return traces;
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var module in named) if (module.BuildId is { } id) ids.TryAdd(module.Path, id);
        return [.. traces.Select(t => Apply(t, ids))];
    }

    private static Trace Apply(Trace trace, Dictionary<string, string> ids)
    {
        var frames = new Dictionary<RawFrame, RawFrame>(ReferenceEqualityComparer.Instance);
        return trace with
        {
            Modules = [.. trace.Modules.Select(m => m.BuildId is null && ids.TryGetValue(m.Path, out var id) ? m with { BuildId = id } : m)],
            Callchains = [.. trace.Callchains.Select(c => new Callchain([.. c.Frames.Select(Named)]))],
        };

        RawFrame Named(RawFrame frame)
        {
            if (frame.BuildId is not null || frame.Module is null || !ids.TryGetValue(frame.Module, out var id)) return frame;
            if (!frames.TryGetValue(frame, out var named)) frames.Add(frame, named = frame with { BuildId = id });
            return named;
        }
    }
}
