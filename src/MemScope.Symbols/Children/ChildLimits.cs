namespace MemScope.Symbols.Children;

/// <summary>What a child process may spend. It parses hostile input: going over a limit ends it, and only the line that it was working on is lost.</summary>
internal sealed record ChildLimits
{
    /// <summary>Address space in bytes.</summary>
    public long AddressSpaceBytes { get; init; } = 2L << 30;

    /// <summary>CPU time over its life, seconds.</summary>
    public int CpuSeconds { get; init; } = 60;

    /// <summary>Open files.</summary>
    public int OpenFiles { get; init; } = 64;

    /// <summary>Lines after which it is replaced by a fresh one.</summary>
    public int LinesPerLife { get; init; } = 100_000;

    /// <summary>Bytes of one answer.</summary>
    public int AnswerBytes { get; init; } = 1 << 20;

    /// <summary>Time for one answer.</summary>
    public TimeSpan AnswerTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time for it to start and to answer a first line; a busy machine takes long for that.</summary>
    public TimeSpan StartTime { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Time for all lines of one call, restarts included.</summary>
    public TimeSpan BatchTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Restarts during one call; when they are used up, the rest of its lines stay without answer.</summary>
    public int RestartsPerBatch { get; init; } = 5;
}
