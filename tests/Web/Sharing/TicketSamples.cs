using MemScope.Web.Tests.Components;
using MemScope.Web.Wire;

namespace MemScope.Web.Tests.Sharing;

/// <summary>Frozen views to make tickets of.</summary>
internal static class TicketSamples
{
    /// <summary>What a process may call itself to break out of a file, a line or a paragraph.</summary>
    public const string Hostile = "</title><script>alert(1)</script>\" onload=\"alert(1)\n\u0000\u202E\ud800![x](http://evil.example/p.png)&amp;";

    public static SharedViewWire Finding(RemedyWire? remedy = null, FindingProofWire? proof = null, string title = "It grows") =>
        new(new ShareRequestWire("finding") { Rule = "S01" }, title, Samples.Start.AddDays(1), Samples.Process(), Samples.Window())
        {
            Overview = Samples.Overview(Samples.Region()),
            Findings = FindingSamples.Findings(FindingSamples.Finding() with { Remedies = [remedy ?? FindingSamples.Remedy(FindingSamples.FixedRun)], Sites = [Site()] }),
            Proof = proof ?? FindingSamples.Proof(),
            Series = Series(),
            Captures = [new CaptureWire(Guid.CreateVersion7(), "smaps.tar.gz", "smaps", "1", new string('a', 64), 1000, Samples.Start, 91, 0, [])],
        };

    /// <summary>The same with every text of it hostile.</summary>
    public static SharedViewWire HostileFinding()
    {
        var view = Finding(title: Hostile);
        var finding = view.Findings!.Items[0] with
        {
            Title = Hostile, Name = Hostile, Evidence = [FindingSamples.Evidence("confirm", claim: Hostile, figures: Hostile)], Hypotheses = [FindingSamples.Hypothesis("refuted", Hostile)],
            Remedies = [FindingSamples.Remedy(FindingSamples.FixedRun) with { Title = Hostile, Setting = Hostile, Caveat = Hostile }],
            Sites = [Site() with { Function = Hostile, Frames = [new SiteFrameWire(Hostile, Hostile, 1, Hostile, Hostile)] }],
        };
        return view with
        {
            Process = Samples.Process(Hostile) with { Host = Hostile }, Overview = view.Overview! with { Answer = Hostile }, Findings = view.Findings with { Items = [finding] },
            Series = view.Series! with { Source = Hostile, Keys = [Hostile, "shared"], Titles = [Hostile, Hostile] }, Captures = [view.Captures[0] with { FileName = Hostile, Format = Hostile, Sha256 = Hostile }],
        };
    }

    public static FindingSiteWire Site() => new("ucs_rcache_mp_chunk_alloc", "rcache.c", 244, "/opt/ucx/lib/libucs.so.0", 8_880 << 10)
    {
        Frames = [new SiteFrameWire("syscall", null, null, "/lib/libc.so.6", "101828") { GapAfter = true }, new SiteFrameWire("ucs_rcache_mp_chunk_alloc", "src/rcache.c", 244, "/opt/ucx/lib/libucs.so.0", "36cec"), new SiteFrameWire("ucm_munmap", null, null, "/opt/ucx/lib/libucm.so.0", "6460")],
        Blocks = 60, BlockBytes = 151_552, OutstandingBytes = 8_880 << 10, IsResident = true,
    };

    /// <summary>Ninety-one seconds from 8 to 45 MiB above 4 MiB that stay.</summary>
    public static SeriesWire Series() => new("smaps", "rss", ["anonymous", "shared"], ["anonymous", "shared"], [.. Enumerable.Range(1, 91)], [.. Enumerable.Range(0, 91).Select(i => Samples.Start.AddSeconds(i).ToUnixTimeMilliseconds() * 1.0)],
        [[.. Enumerable.Range(0, 91).Select(i => (8.0 + (37.0 * i / 90)) * (1 << 20))], [.. Enumerable.Repeat(4.0 * (1 << 20), 91)]], false);
}
