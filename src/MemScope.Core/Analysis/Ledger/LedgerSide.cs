using MemScope.Core.Analysis.Findings;

namespace MemScope.Core.Analysis.Ledger;

/// <summary>The ledger of one snapshot, line by line.</summary>
/// <param name="Address">RSS by address.</param>
/// <param name="Evidence">What profilers and allocators say then.</param>
/// <param name="Malloc">The lines.</param>
internal sealed record LedgerSide(AddressSplit Address, MallocEvidence Evidence, MallocSplit Malloc)
{
    /// <summary>Bytes of a line, 0 when it is not there.</summary>
    public long Bytes(LedgerKey key) => Malloc.Lines.GetValueOrDefault(key);

    /// <summary>Splits a point of the case's track.</summary>
    public static LedgerSide At(CaseFile file, int at, IReadOnlyList<SiteBlock> blocks, SiteKeys sites, IReadOnlyDictionary<Guid, EqualSteps> steps)
    {
        var (address, evidence) = (AddressSplit.At(file, at, blocks, sites, steps), MallocEvidence.At(file, at));
        return new LedgerSide(address, evidence, MallocSplit.Of(address, evidence));
    }
}
