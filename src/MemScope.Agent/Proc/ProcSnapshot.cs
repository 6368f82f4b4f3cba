namespace MemScope.Agent.Proc;

/// <summary>What /proc said of a process at one instant.</summary>
/// <param name="Number">Counts from 1 within a watch.</param>
/// <param name="TakenAt">When reading began (UTC).</param>
/// <param name="Smaps">Text of smaps.</param>
/// <param name="Status">Text of status.</param>
/// <param name="ReadingCpu">CPU time that reading took; the process' own page faults wait meanwhile.</param>
internal sealed record ProcSnapshot(int Number, DateTimeOffset TakenAt, byte[] Smaps, byte[] Status, TimeSpan ReadingCpu)
{
    /// <summary>Sum of Rss over the mappings in bytes.</summary>
    public long RssBytes => SmapsSums.RssBytes(Smaps);
}
