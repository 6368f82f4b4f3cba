using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>The runs that prove the remedies of a finding, beside the process that has it.</summary>
public sealed class FindingProofs(CompareAnswers compares)
{
    /// <summary>Runs that a page draws.</summary>
    private const int MostRuns = 4;

    /// <summary>The runs; null when no remedy is proven or none of the runs is there any more.</summary>
    public async Task<FindingProofWire?> OfAsync(Guid process, WindowState window, FindingWire finding, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(finding);
        var before = new CompareSide(process, window.Source, window.From, window.To) { As = window.As };
        CompareWire? first = null;
        var runs = new List<ProofRunWire>();
        foreach (var remedy in finding.Remedies.Where(r => r.ProvenBy is not null).Take(MostRuns))
        {
            if ((await compares.CompareAsync(before, new CompareSide(remedy.ProvenBy!.Value), new DiffShown(), cancel)).Answer is not { } compare) continue;
            first ??= compare;
            runs.Add(new ProofRunWire(remedy.Title, compare.Current, compare.Growth.Count > 0 ? compare.Growth[0].Current : null));
        }
        return first is null ? null : new FindingProofWire(first.Base, first.Growth.Count > 0 ? first.Growth[0].Base : null, runs);
    }
}
