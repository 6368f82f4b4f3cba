using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Model;
using MemScope.Tests.Traces;

namespace MemScope.Tests.Outstanding;

/// <summary>What a trace calls outstanding, against what the traced program wrote down of itself between the trace's first and last event.</summary>
internal sealed class LedgerAgreement
{
    /// <summary>Seconds between a call and its line in the ledger, which the program writes after it: under ptrace that may take long.</summary>
    private const double Lag = 0.2;

    private LedgerAgreement(Trace trace, ProgramLedger ledger)
    {
        Trace = trace;
        Replayed = TraceReplay.Run(trace);
        var shift = Shift(trace, ledger);
        var (first, last) = (trace.Events.Min(e => e.TimeNs) / 1e9 + shift, trace.Events.Max(e => e.TimeNs) / 1e9 + shift);
        Mapped = ledger.Outstanding(first, last);
        var told = Mapped.ToDictionary(m => (m.Range.Start, m.Range.Length));
        foreach (var block in Replayed.Blocks)
        {
            if (told.Remove((block.Range.Start, block.Range.Length), out var mapping)) Agreed.Add((block, mapping));
            else if (ledger.Knows(block.Range.Length, block.MappedAtNs / 1e9 + shift, Lag)) Surplus.Add(block);
            else Others.Add(block);
        }
        Missing = [.. told.Values];
        foreach (var time in Missing.Select(m => ledger.DroppedAt(m.Range.Start, last, last + Lag) ?? m.Since).Concat(Surplus.Select(s => s.MappedAtNs / 1e9 + shift)))
        {
            if (time - first <= Lag) AtBeginning++;
            else if (time >= last - Lag) AtEnd++;
            else Inside++;
        }
    }

    /// <summary>The trace.</summary>
    public Trace Trace { get; }

    /// <summary>Its replay.</summary>
    public OutstandingMemory Replayed { get; }

    /// <summary>What the program says is mapped.</summary>
    public IReadOnlyList<ProgramLedger.Mapping> Mapped { get; }

    /// <summary>Blocks that the program wrote down with the same address and length.</summary>
    public List<(OutstandingBlock Block, ProgramLedger.Mapping Mapping)> Agreed { get; } = [];

    /// <summary>What the program says is mapped and the replay does not call outstanding.</summary>
    public IReadOnlyList<ProgramLedger.Mapping> Missing { get; }

    /// <summary>Blocks of the program's own mappings that it does not have any more.</summary>
    public List<OutstandingBlock> Surplus { get; } = [];

    /// <summary>Blocks that the program does not write down: those of malloc and of places that unmap at once.</summary>
    public List<OutstandingBlock> Others { get; } = [];

    /// <summary>How many of the missing and the surplus were mapped at the trace's first event, mapped or dropped at its last, and mapped between.</summary>
    public int AtBeginning { get; }

    /// <inheritdoc cref="AtBeginning"/>
    public int AtEnd { get; }

    /// <inheritdoc cref="AtBeginning"/>
    public int Inside { get; }

    /// <summary>Agreed blocks whose callchain goes through the function that the program wrote down.</summary>
    public int SitesSeen => Agreed.Count(a => a.Block.Callchain >= 0 && Trace.Callchains[a.Block.Callchain].Frames.Any(f => f.Function?.Contains(FunctionOf(a.Mapping.Site), StringComparison.Ordinal) == true));

    /// <summary>Compares a trace of a case.</summary>
    public static LedgerAgreement Of(string fixture, string name) => new(Assert.Single(Reading.Of(TraceFixtures.Bytes(fixture)).Parsed.Traces), new ProgramLedger(name));

    // The guard page of the index is mapped where the index grows, the map of a job where the job is accepted.
    private static string FunctionOf(string site) => site switch { "index_guard" => "index_grow", "accept_job.map" => "accept_job", _ => site };

    // The clocks lie apart by what most of the mappings say that both know and that were made only once at their address.
    private static double Shift(Trace trace, ProgramLedger ledger)
    {
        if (trace.Clock == ClockDomain.Wall) return 0;
        var once = ledger.Entries.Where(e => e.Operation == "+").GroupBy(e => (e.Address, e.Length)).Where(g => g.Count() == 1).ToDictionary(g => g.Key, g => g.Single().Time);
        var shifts = (from e in trace.Events
                      where e is { Call: MemoryCall.Mmap, Failed: false, HasResult: true } && once.ContainsKey((e.Result, e.Length))
                      let shift = once[(e.Result, e.Length)] - e.TimeNs / 1e9
                      orderby shift
                      select shift).ToArray();
        return shifts.Length == 0 ? 0 : shifts[shifts.Length / 2];
    }
}
