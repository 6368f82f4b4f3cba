using MemScope.Core.Analysis.Categories;

namespace MemScope.Core.Analysis.Findings.Asking;

/// <summary>Checks of the libraries that a process has mapped, and of their code.</summary>
internal static class ModuleChecks
{
    private static readonly CheckArgument Module = new("module", ArgumentKind.Patterns, "names of files without their folder, or paths; one is enough");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Check> All { get; } =
    [
        new("module", "one of these files is mapped", [Module], IsMapped),
        new("no-module", "none of these files is mapped", [Module], IsNotMapped),
        new("version", "the card's product runs in a version of this span",
            [new("least", ArgumentKind.Version, "this version or a later one") { IsOptional = true }, new("below", ArgumentKind.Version, "an earlier version than this") { IsOptional = true }], Version),
        new("patched-code", "the code of one of these files was changed in memory by the process itself, with no tracer attached", [Module], PatchedBy),
    ];

    private static CheckResult IsMapped(CheckCall call)
    {
        var c = call.Case;
        if (c.Count == 0) return CheckResult.Unknown("no snapshot");
        var found = c.ModulesLike(call.Texts("module"));
        var names = found.Select(CaseFacts.FileName).Distinct(StringComparer.Ordinal).ToList();
        return CheckResult.Of(found.Count > 0, names.Count > 0 ? $"{string.Join(", ", names.Take(4))} {(names.Count == 1 ? "is" : "are")} mapped at {c.Number(c.To)}" : $"{None(call.Texts("module"))} mapped", c.SnapshotSource()) with { Metric = names.Count > 0 ? null : "none" };
    }

    private static string None(IReadOnlyList<string> patterns) => patterns.Count switch
    {
        1 => $"no {patterns[0]} is",
        2 or 3 => $"neither {string.Join(" nor ", patterns)} is",
        _ => $"none of {string.Join(", ", patterns.Take(3))} and {patterns.Count - 3} more is",
    };

    private static CheckResult IsNotMapped(CheckCall call)
    {
        var result = IsMapped(call);
        return result.State == CheckState.Unknown ? result : result with { State = result.State == CheckState.Holds ? CheckState.Fails : CheckState.Holds };
    }

    private static CheckResult Version(CheckCall call)
    {
        var product = call.Card.Product ?? "the product";
        if (call.Case.VersionOf(call.Card) is not var (version, where)) return CheckResult.Unknown($"nothing says which version of {product} runs: no path, file name or label has it");
        var holds = (!call.Has("least") || version.OrderTo(call.Version("least")) >= 0) && (!call.Has("below") || version.OrderTo(call.Version("below")) < 0);
        return CheckResult.Of(holds, $"it runs {product} {version.Text} ({where})", call.Case.SnapshotSource());
    }

    private static CheckResult PatchedBy(CheckCall call)
    {
        var c = call.Case;
        if (c.Count == 0) return CheckResult.Unknown("no snapshot");
        var patches = PatchedCode.Of(c.Track, c.To).Where(p => Pattern.MatchesAny(call.Texts("module"), CaseFacts.FileName(p.Module))).ToList();
        var source = c.SnapshotSource();
        if (patches.Count == 0) return CheckResult.Of(false, $"the code of {string.Join(" and ", call.Texts("module"))} is the file's at {c.Number(c.To)}", source);
        var patch = patches.Find(p => p.Way == PatchWay.Mprotect) ?? patches[0];
        var pages = SizeWords.Count((int)(patch.Bytes / 4096), "page");
        var what = $"{pages} of {CaseFacts.FileName(patch.Module)}'s code {(patch.Bytes == 4096 ? "is" : "are")} private and changed at {c.Number(c.To)}";
        if (patch.Way != PatchWay.Mprotect) return CheckResult.Of(false, $"{what}, but from outside: a debugger or uprobes", source);
        var tracer = FigureChecks.Tracer(c);
        if (tracer is > 0) return CheckResult.Of(false, $"{what}, with a tracer attached (TracerPid {tracer})", source);
        return CheckResult.Of(true, $"{what}, made writable by the process itself{(tracer == 0 ? ", with no debugger attached" : "")}", source with { Words = tracer is null ? source.Words : $"{source.Words}, status" }) with { Metric = pages };
    }
}
