using System.Globalization;
using MemScope.Core.Analysis;
using MemScope.Core.Analysis.Findings;
using MemScope.Core.Analysis.Heap;
using MemScope.Core.Analysis.Ledger;
using MemScope.Core.Model;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Ledgers for the wire.</summary>
internal static class LedgerWires
{
    /// <summary>The ledger of a case; without a line where its source prints no RSS.</summary>
    public static LedgerWire Of(CaseFile file, WindowWire window)
    {
        if (LedgerMaker.Of(file) is not { } ledger)
            return new LedgerWire(0, 0, []) { Window = window, Answer = "These captures print addresses but no resident sizes: smaps or pmap -x would.", Notes = ["No RSS was captured."] };
        return new LedgerWire(ledger.RssBytes, ledger.UnexplainedBytes, [.. ledger.Lines.Select(Line)])
        {
            Window = window,
            Answer = Answer(ledger, window),
            RssBytesBefore = ledger.Before?.RssBytes,
            UnexplainedBytesBefore = ledger.Before?.UnexplainedBytes,
            Residuals = [.. file.Heaps.Concat(AllocatorStates.Courses(file.Allocators)).Select(c => Residual.Of(file, c)).OfType<Residual>().Select(r => r.ToWire())],
            Notes = ledger.Notes,
        };
    }

    /// <summary>Slug of a source.</summary>
    public static string Slug(this LedgerSource source) => source switch
    {
        LedgerSource.Snapshot => "snapshot", LedgerSource.Trace => "trace", LedgerSource.HeapProfile => "heap-profile", LedgerSource.Allocator => "allocator", _ => "inferred",
    };

    private static LedgerLineWire Line(LedgerLine line) => new(line.Label, line.Bytes, line.Source.Slug())
    {
        SourceWords = line.SourceWords, Category = line.Category?.Slug(), BytesBefore = line.BytesBefore, EvidenceId = line.Evidence, Module = line.Module, RegionId = line.Region,
    };

    private static string Answer(MemoryLedger ledger, WindowWire window)
    {
        var rest = ledger.UnexplainedBytes;
        if (ledger.RssBytes == 0) return Invariant($"Nothing was in RAM at #{window.ToNumber}.");
        if (rest == 0) return Invariant($"All {SizeWords.Size(ledger.RssBytes)} of RSS at #{window.ToNumber} are explained.");
        var since = ledger.Before is not { } before ? "" : before.UnexplainedBytes == rest ? Invariant($", as much as at #{window.FromNumber}")
            : Invariant($", {SizeWords.Size(rest - before.UnexplainedBytes)} {(rest > before.UnexplainedBytes ? "more" : "less")} than at #{window.FromNumber}");
        var share = 100.0 * rest / ledger.RssBytes;
        return Invariant($"Of {SizeWords.Size(ledger.RssBytes)} of RSS at #{window.ToNumber}, {SizeWords.Size(rest)} are unexplained: {(share < 0.1 ? "under 0.1" : share.ToString("0.0", CultureInfo.InvariantCulture))} %{since}.");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
