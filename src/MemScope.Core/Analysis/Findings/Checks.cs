namespace MemScope.Core.Analysis.Findings;

/// <summary>The checks that cards can ask for, by name. Each is a pure function of the case and its arguments.</summary>
public static class Checks
{
    /// <summary>All of them.</summary>
    public static IReadOnlyDictionary<string, Func<CaseFile, IReadOnlyDictionary<string, IReadOnlyList<string>>, CheckResult>> All { get; } =
        new Dictionary<string, Func<CaseFile, IReadOnlyDictionary<string, IReadOnlyList<string>>, CheckResult>>(StringComparer.Ordinal);
}
