namespace MemScope.Core.Analysis.Probes;

/// <summary>A probe that can be made for processes.</summary>
/// <param name="Slug">Its stable name.</param>
/// <param name="Fits">Whether it can tell something of a process.</param>
/// <param name="Make">Makes it.</param>
internal sealed record ProbeKind(string Slug, Func<ProbeTarget, bool> Fits, Func<ProbeTarget, Probe> Make)
{
    /// <summary>Fits every process.</summary>
    public static bool Always(ProbeTarget target) => target is not null;
}
