using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Answers what RSS consists of and what of it nobody explains.</summary>
public sealed class LedgerAnswers(CaseFiles cases)
{
    /// <summary>The ledger of a window's last snapshot, with its first; null when process, track or window do not exist.</summary>
    public async Task<LedgerWire?> AskAsync(Guid process, WindowState window, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(window);
        return await cases.OverAsync(process, window, LedgerWires.Of, cancel);
    }
}
