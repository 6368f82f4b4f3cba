using System.Globalization;
using MemScope.Core.Analysis.Callchains;

namespace MemScope.Core.Analysis.Findings.Asking;

/// <summary>Checks of memory that is mapped and unmapped again and again.</summary>
internal static class ChurnChecks
{
    private const string NoTrace = "no trace: nobody has been seen mapping memory";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Check> All { get; } =
    [
        new("churn", "a trace saw mappings of one length come and go at that rate",
            [new("bytes", ArgumentKind.Size, "the length"), new("rate", ArgumentKind.Number, "calls of mmap per second, at least"), new("life", ArgumentKind.Time, "half of them live at most so long"),
             new("least", ArgumentKind.Share, "of the calls of mmap have that length")], Churn),
        new("mapped-through", "that share of the calls that map goes through these functions, by callchains that lead beyond libc",
            [new("function", ArgumentKind.Patterns, "functions; one in the callchain is enough"), new("least", ArgumentKind.Share, "of the calls")], MappedThrough),
    ];

    private static CheckResult Churn(CheckCall call)
    {
        var c = call.Case;
        if (!c.Traced.Any) return CheckResult.Unknown(NoTrace);
        CheckResult? best = null;
        foreach (var trace in c.File.Traces)
        {
            if (trace.CommonLength is not var (bytes, calls) || trace is not { Seconds: > 0, MedianLifeNs: { } life }) continue;
            var rate = calls / trace.Seconds;
            var holds = bytes == call.Size("bytes") && rate >= call.Number("rate") && life * 1e-9 <= call.Time("life").TotalSeconds && calls >= call.Share("least") * trace.Maps;
            var figures = string.Create(CultureInfo.InvariantCulture, $"{trace.Format}: {calls:N0} of {trace.Maps:N0} mappings have {SizeWords.Size(bytes)}, {rate:N0} a second; half live at most {Time(life)}");
            var result = CheckResult.Of(holds, figures, new EvidenceSource(EvidenceKind.Trace, trace.Format) { Trace = trace.Id }) with { Metric = string.Create(CultureInfo.InvariantCulture, $"{rate:N0} / s") };
            if (holds) return result;
            best ??= result;
        }
        return best ?? CheckResult.Of(false, "the traces saw nothing come and go", c.Traced.Source);
    }

    private static CheckResult MappedThrough(CheckCall call)
    {
        var t = call.Case.Traced;
        if (!t.Any) return CheckResult.Unknown(NoTrace);
        long whole = 0, through = 0;
        string? name = null;
        foreach (var site in t.File.Sites)
        {
            if (!site.Frames.Any(f => f is { Function: not null, Module: { } module } && !FrameRoles.IsLibc(module))) continue;
            whole += site.Calls;
            if (site.Frames.FirstOrDefault(f => Pattern.MatchesAny(call.Texts("function"), f.Function)) is not { } frame) continue;
            through += site.Calls;
            name ??= SitePlace.Name(frame);
        }
        if (whole == 0) return CheckResult.Unknown("no callchain has a name beyond libc: strace -k or a debug file would give them");
        var share = (double)through / whole;
        var words = name is null ? $"no callchain goes through {string.Join(" or ", call.Texts("function"))}" : string.Create(CultureInfo.InvariantCulture, $"{name}: {through:N0} of {whole:N0} calls whose callers are known");
        return CheckResult.Of(share >= call.Share("least"), words, t.Source) with { Metric = GrowthChecks.Percent(share) };
    }

    private static string Time(long ns) => ns switch
    {
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{ns / 1e3:0.#} µs"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{ns / 1e6:0.#} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{ns / 1e9:0.#} s"),
    };
}
