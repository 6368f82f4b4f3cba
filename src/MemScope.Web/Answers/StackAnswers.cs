using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Answers about who mapped the memory.</summary>
public sealed class StackAnswers
{
    /// <summary>Callchains by weight, symbolized; null when there is no such process. A process without traces gives an empty answer with a note.</summary>
    public Task<CallchainsWire?> CallchainsAsync(Guid process, WindowState window, string weight, Guid? trace, Guid? region, CancellationToken cancel) => throw new NotSupportedException();
}
