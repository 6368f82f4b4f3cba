using System.Globalization;
using MemScope.Core.Analysis.Assessment;
using MemScope.Core.Analysis.Callchains;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Findings.Asking;

/// <summary>Checks of who maps memory, as traces saw it.</summary>
internal static class StackChecks
{
    private const string Nothing = "the traces left nothing mapped, or do not record where";

    private const string NoTrace = "no trace: nobody has been seen mapping memory";

    private static readonly CheckArgument Function = new("function", ArgumentKind.Patterns, "functions; one in the callchain is enough");
    private static readonly CheckArgument Least = new("least", ArgumentKind.Share, "of what the traces left mapped and in RAM");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Check> All { get; } =
    [
        new("stack", "callchains through these functions hold that share",
            [Function, new("beneath", ArgumentKind.Patterns, "functions that it must stand beneath") { IsOptional = true }, new("module", ArgumentKind.Patterns, "files of the function") { IsOptional = true }, Least], Stack),
        new("no-stack", "callchains through these functions or files hold no more than that",
            [Function with { IsOptional = true }, new("module", ArgumentKind.Patterns, "files of a frame; one in the callchain is enough") { IsOptional = true }, new("most", ArgumentKind.Share, "of what the traces left mapped and in RAM")], NoStack),
        new("malloc-maps", "callchains through malloc or another allocator hold that share", [Least], MallocMaps),
        new("motif", "callchains with this pattern hold that share", [new("motif", ArgumentKind.Words, "which") { Words = [.. Enum.GetValues<MotifKind>().Select(m => m.Slug())] }, Least], Motif),
        new("stays-mapped", "what callchains through these functions mapped is never unmapped",
            [Function with { IsOptional = true }, new("least", ArgumentKind.Share, "of what they left outstanding is in RAM at the window's end")], StaysMapped),
        new("traces-cover", "what traces saw being mapped for good accounts for the growth", [new("least", ArgumentKind.Share, "of the growth, by bytes or by rate")], TracesCover),
        new("mapper-holds-nothing", "the callchain that maps most bytes is not the one that keeps them", [new("most", ArgumentKind.Share, "of what traces left mapped and in RAM")], MapperHoldsNothing),
        new("unmaps-explain", "each munmap costs so many bytes, and so many munmaps per second make the growth",
            [new("bytes", ArgumentKind.Size, "per munmap"), new("within", ArgumentKind.Share, "how far the two rates may lie apart")], UnmapsExplain),
    ];

    private static CheckResult Stack(CheckCall call)
    {
        var t = call.Case.Traced;
        if (!t.Any) return CheckResult.Unknown(NoTrace);
        if (t.Total <= 0) return CheckResult.Unknown(Nothing);
        var (functions, beneath, modules) = (call.Texts("function"), call.Texts("beneath"), call.Texts("module"));
        long held = 0, named = 0;
        string? path = null;
        foreach (var site in t.File.Sites)
        {
            if (site.Frames.Any(f => f.Function is not null && !SitePlace.IsPassage(f))) named += t.Weight(site);
            if (PathOf(site, functions, beneath, modules) is not { } words) continue;
            held += t.Weight(site);
            path ??= words;
        }
        var share = (double)held / t.Total;
        if (share < call.Share("least") && named * 2 < t.Total) return CheckResult.Unknown("most callchains end inside libc or have no names: whole stacks (perf with dwarf, gdb) or debug files would tell");
        return CheckResult.Of(share >= call.Share("least"), path is null ? $"no callchain goes through {string.Join(" or ", functions)}" : $"{path}: {GrowthChecks.Percent(share)} of {SizeWords.Size(t.Total)} {t.WeightWords}", t.Source) with { Metric = GrowthChecks.Percent(share) };
    }

    /// <summary>The names from what it stands beneath (or the function) to the leaf, outermost first; null when it does not match.</summary>
    private static string? PathOf(TracedSite site, IReadOnlyList<string> functions, IReadOnlyList<string> beneath, IReadOnlyList<string> modules)
    {
        for (var i = 0; i < site.Frames.Count; i++)
        {
            if (!Pattern.MatchesAny(functions, site.Frames[i].Function)) continue;
            if (modules.Count > 0 && !(site.Frames[i].Module is { } module && (Pattern.MatchesAny(modules, CaseFacts.FileName(module)) || Pattern.MatchesAny(modules, module)))) continue;
            var outer = i;
            if (beneath.Count > 0 && (outer = LastLike(site, i, beneath)) < 0) continue;
            var names = site.Frames.Take(outer + 1).Reverse().Where((f, at) => at == 0 || at == outer || Pattern.MatchesAny(functions, f.Function)).Select(SitePlace.Name);
            return string.Join(" → ", names);
        }
        return null;
    }

    private static int LastLike(TracedSite site, int from, IReadOnlyList<string> patterns)
    {
        for (var i = site.Frames.Count - 1; i > from; i--) if (Pattern.MatchesAny(patterns, site.Frames[i].Function)) return i;
        return -1;
    }

    private static CheckResult NoStack(CheckCall call)
    {
        var t = call.Case.Traced;
        if (!t.Any || t.Total <= 0) return CheckResult.Unknown(t.Any ? Nothing : NoTrace);
        var (functions, modules) = (call.Texts("function"), call.Texts("module"));
        var held = t.File.Sites.Where(s => s.Frames.Any(f => Pattern.MatchesAny(functions, f.Function) || (f.Module is { } m && Pattern.MatchesAny(modules, CaseFacts.FileName(m))))).SumOf(t.Weight);
        var share = (double)held / t.Total;
        return CheckResult.Of(share <= call.Share("most"), $"callchains through it hold {SizeWords.Size(held)} of {SizeWords.Size(t.Total)} {t.WeightWords}", t.Source) with { Metric = GrowthChecks.KiB(held) };
    }

    private static CheckResult MallocMaps(CheckCall call)
    {
        var t = call.Case.Traced;
        if (!t.Any || t.Total <= 0) return CheckResult.Unknown(t.Any ? Nothing : NoTrace);
        var held = t.File.Sites.Where(s => SitePlace.IsMalloc(s.Frames)).SumOf(t.Weight);
        var share = (double)held / t.Total;
        return CheckResult.Of(share >= call.Share("least"), $"callchains through malloc hold {SizeWords.Size(held)} of {SizeWords.Size(t.Total)} {t.WeightWords}", t.Source) with { Metric = GrowthChecks.Percent(share) };
    }

    private static CheckResult Motif(CheckCall call)
    {
        var t = call.Case.Traced;
        if (!t.Any) return CheckResult.Unknown(NoTrace);
        if (t.Total <= 0) return CheckResult.Unknown(Nothing);
        var kind = call.Text("motif");
        var with = t.File.Sites.Where(s => s.Motifs.Any(m => m.Kind.Slug() == kind)).ToList();
        var share = (double)with.SumOf(t.Weight) / t.Total;
        var words = with.Count == 0 ? "no callchain shows it" : $"{with.MaxBy(t.Weight)!.Motifs.First(m => m.Kind.Slug() == kind).Words} {GrowthChecks.Percent(share)} of what was seen.";
        return CheckResult.Of(share >= call.Share("least"), words, t.Source) with { Metric = with.Count == 0 ? null : "motif" };
    }

    private static CheckResult StaysMapped(CheckCall call)
    {
        var (c, functions) = (call.Case, call.Texts("function"));
        var t = c.Traced;
        if (!t.Any) return CheckResult.Unknown(NoTrace);
        if (!t.IsResidentKnown) return CheckResult.Unknown("the snapshots print no RSS");
        var sites = t.File.Sites.Where(s => s.OutstandingBytes > 0 && (functions.Count == 0 || s.Frames.Any(f => Pattern.MatchesAny(functions, f.Function)))).ToList();
        if (functions.Count == 0) sites = [.. sites.Where(s => s.ResidentBytes * 20 >= t.Total)];
        if (t.Total <= 0) return CheckResult.Unknown(Nothing);
        if (sites.Count == 0) return CheckResult.Of(false, $"nothing that {string.Join(" or ", functions)} mapped is left", t.Source);
        var (resident, outstanding) = (sites.SumOf(s => s.ResidentBytes), sites.SumOf(s => s.OutstandingBytes));
        // A block that was moved or made usable after its trace may hold more than the trace saw of it.
        var (blocks, share) = (sites.Sum(s => s.Blocks), Math.Min(1, (double)resident / outstanding));
        var each = sites.MaxBy(t.Weight)!.BlockBytes;
        var isEqual = each is { } size && blocks > 0 && outstanding == size * blocks;
        var held = (int)Math.Round(share * blocks);
        var what = isEqual ? string.Create(CultureInfo.InvariantCulture, $"{SizeWords.Count(blocks, "traced mapping")} of {each:N0} bytes each") : $"{SizeWords.Count(blocks, "traced mapping")}, {SizeWords.Size(outstanding)}";
        return CheckResult.Of(share >= call.Share("least"), string.Create(CultureInfo.InvariantCulture, $"{what}, {held:N0} of {blocks:N0} resident at {c.Number(c.To)}"), t.Source) with
        {
            Metric = string.Create(CultureInfo.InvariantCulture, $"{held:N0} / {blocks:N0}"),
        };
    }

    /// <summary>
    /// Two ways, the better one counts. By bytes: what of the window's growth lies in blocks that a trace saw. By rate: what the traces left mapped in their time, against the growth of RSS in
    /// as much time; a trace of ten seconds covers a run of an hour so.
    /// </summary>
    private static CheckResult TracesCover(CheckCall call)
    {
        var c = call.Case;
        var t = c.Traced;
        if (!t.Any) return CheckResult.Unknown(NoTrace);
        if (t.Total <= 0) return CheckResult.Unknown(Nothing);
        if (!(c.Slope > 0)) return CheckResult.Unknown("RSS does not grow in the window");
        var byBytes = t.File.Growth is { RssBytes: > 0 } growth ? (double)growth.TracedBytes / growth.RssBytes : 0;
        var rate = t.Seconds >= 1 ? t.Total / t.Seconds : 0;
        var byRate = rate / c.Slope;
        var figures = byBytes >= byRate && t.File.Growth is { } g
            ? $"{GrowthChecks.KiB(g.TracedBytes)} of {GrowthChecks.Signed(g.RssBytes)} lie in mappings that the traces saw"
            : string.Create(CultureInfo.InvariantCulture, $"in {t.Seconds:0.#} s the traces left {SizeWords.Size(t.Total)} mapped, {AssessmentWords.Rate(rate)}; RSS grows by {AssessmentWords.Rate(c.Slope)}");
        return CheckResult.Of(Math.Max(byBytes, byRate) >= call.Share("least"), figures, t.Source) with { Metric = GrowthChecks.Percent(Math.Min(1, Math.Max(byBytes, byRate))) };
    }

    private static CheckResult MapperHoldsNothing(CheckCall call)
    {
        var t = call.Case.Traced;
        if (!t.Any || t.File.Sites.Count == 0) return CheckResult.Unknown(NoTrace);
        var top = t.File.Sites.MaxBy(s => s.MappedBytes)!;
        // Walks that lose a frame end in the caller: what another callchain of the same function keeps, it keeps.
        var name = SitePlace.Of(top.Frames) is { } place ? SitePlace.Name(place) : null;
        var kept = name is null ? t.Weight(top) : t.File.Sites.Where(s => SitePlace.Of(s.Frames) is { } other && SitePlace.Name(other) == name).SumOf(t.Weight);
        var share = t.Total > 0 ? (double)kept / t.Total : 0;
        var figures = string.Create(CultureInfo.InvariantCulture, $"{top.Calls:N0} mapped in the traces, {SizeWords.Size(top.MappedBytes)}; {top.Blocks:N0} in flight at an end, {SizeWords.Size(kept)} {t.WeightWords}");
        return CheckResult.Of(share <= call.Share("most"), figures, t.Source) with { Metric = $"{GrowthChecks.KiB(kept)} {t.WeightWords}" };
    }

    private static CheckResult UnmapsExplain(CheckCall call)
    {
        var c = call.Case;
        if (!c.Traced.Any) return CheckResult.Unknown(NoTrace);
        if (c.Traced.UnmapsPerSecond is not { } rate) return CheckResult.Unknown("no trace records munmap for long enough to count it");
        if (!(c.Slope > 0)) return CheckResult.Of(false, "RSS does not grow", c.SnapshotSource());
        var bytes = call.Size("bytes");
        var (expected, apart) = (rate * bytes, Math.Abs((rate * bytes) - c.Slope) / c.Slope);
        var figures = string.Create(CultureInfo.InvariantCulture, $"{rate:N0} munmaps/s × {bytes} bytes = {expected / 1024:0.0} KiB/s; measured {c.Slope / 1024:0.0} KiB/s");
        return CheckResult.Of(apart <= call.Share("within"), figures, c.Traced.Source with { Words = $"{c.Traced.Source.Words}, {c.Track.Source.Text()}" }) with
        {
            Metric = string.Create(CultureInfo.InvariantCulture, $"{apart * 100:0.0} % apart"),
        };
    }
}
