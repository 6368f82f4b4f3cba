using MemScope.Core.Analysis.Findings.Asking;

namespace MemScope.Core.Analysis.Findings;

/// <summary>A question that cards ask of a case: a pure function of the case, the card and the arguments of the card.</summary>
/// <param name="Name">Its name in cards.</param>
/// <param name="Says">What holds when it holds, in half a sentence.</param>
/// <param name="Arguments">What it takes.</param>
/// <param name="Answer">Answers it. Never throws.</param>
public sealed record Check(string Name, string Says, IReadOnlyList<CheckArgument> Arguments, Func<CheckCall, CheckResult> Answer);

/// <summary>The checks that cards can ask for, by name. A new one goes into the file of its subject in <c>Findings/Asking</c>; a new file is one more line here.</summary>
public static class Checks
{
    /// <summary>All of them.</summary>
    public static IReadOnlyDictionary<string, Check> All { get; } = new[]
    {
        GrowthChecks.All,
        RegionChecks.All,
        ModuleChecks.All,
        StackChecks.All,
        HeapChecks.All,
        AllocatorChecks.All,
        FigureChecks.All,
        CourseChecks.All,
        KeptChecks.All,
        ThreadChecks.All,
        CgroupChecks.All,
        ChurnChecks.All,
        MappingChecks.All,
        SizeChecks.All,
        HostChecks.All,
        HeapModuleChecks.All,
    }.SelectMany(c => c).ToDictionary(c => c.Name, StringComparer.Ordinal);
}
