using MemScope.Web.Answers;
using MemScope.Web.Wire;

namespace MemScope.Web.Exports;

/// <summary>Callchains as a table, the frames in one column, leaf first.</summary>
internal static class CallchainCsv
{
    /// <summary>Column heads.</summary>
    public static IReadOnlyList<string> Columns { get; } = ["bytes", "baseBytes", "outstandingBytes", "mappedBytes", "calls", "residentBytes", "function", "file", "line", "module", "offset", "buildId", "frames"];

    /// <summary>A row for each chain; the site is its leaf.</summary>
    public static IEnumerable<object?[]> Rows(StackAnswer answer)
    {
        var isComparison = answer.IsComparison;
        for (var chain = 0; chain < answer.Samples.Count; chain++)
        {
            var (frames, figures) = (answer.Samples.FramesOf(chain).ToArray(), answer.Figures[chain]);
            var leaf = frames.Length == 0 ? null : answer.Frames[frames[0]];
            yield return
            [
                answer.Samples.WeightOf(chain), isComparison ? answer.Samples.BaseOf(chain) : null, figures.OutstandingBytes, figures.MappedBytes, figures.Calls, figures.ResidentBytes,
                leaf?.Function, leaf?.File, leaf?.Line, leaf?.Module, leaf?.Offset, leaf?.BuildId, string.Join(';', frames.Select(f => ExportedNames.Folded(answer.Frames[f]))),
            ];
        }
    }
}
