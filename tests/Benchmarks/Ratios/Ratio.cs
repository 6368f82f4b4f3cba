namespace MemScope.Benchmarks.Ratios;

/// <summary>A command line.</summary>
/// <param name="Program">Name on the path, or path.</param>
/// <param name="Arguments">Arguments; <c>{input}</c> stands for the path of the input.</param>
internal sealed record CommandLine(string Program, params string[] Arguments)
{
    /// <summary>The arguments for an input.</summary>
    public IEnumerable<string> ArgumentsFor(string input) => Arguments.Select(a => a.Replace("{input}", input, StringComparison.Ordinal));

    /// <inheritdoc/>
    public override string ToString() => string.Join(' ', Arguments.Select(Short).Prepend(Path.GetFileName(Program)));

    private static string Short(string argument) => argument.Contains(' ', StringComparison.Ordinal) ? $"'{argument}'" : argument.StartsWith('/') ? Path.GetFileName(argument) : argument;
}

/// <summary>A large file that several ratios are measured on; it is made once per run.</summary>
/// <param name="Name">Its file name.</param>
/// <param name="Write">Writes it to a path.</param>
internal sealed record RatioInput(string Name, Action<string> Write);

/// <summary>What a command of ours is measured against: another command on the same file, whole processes in turn. Only the ratio of the two carries over to another machine.</summary>
/// <param name="Name">As given on the command line.</param>
/// <param name="Input">The file that both read.</param>
/// <param name="Ours">Our command.</param>
/// <param name="Peer">The other.</param>
/// <param name="Target">How many times the peer's speed ours is meant to have: the peer's wall time by ours.</param>
/// <param name="Accept">With less the run fails.</param>
/// <param name="Difference">Compares what the two printed, ours first; null when they say the same, else what differs.</param>
internal sealed record Ratio(string Name, RatioInput Input, CommandLine Ours, CommandLine Peer, double Target, double Accept, Func<string, string, string?> Difference);
