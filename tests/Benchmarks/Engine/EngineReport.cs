using System.Diagnostics;
using System.Globalization;

namespace MemScope.Benchmarks.Engine;

/// <summary>A figure against its peer, measured in turn.</summary>
/// <param name="Name">What is measured.</param>
/// <param name="Ours">Ours, in words.</param>
/// <param name="Peer">The peer's, in words.</param>
/// <param name="Ratio">The figure that counts, median.</param>
/// <param name="Least">Least of the pairs.</param>
/// <param name="Most">Most of the pairs.</param>
/// <param name="Target">What is wanted.</param>
/// <param name="Accept">What is accepted.</param>
/// <param name="MoreIsBetter">Whether a greater ratio is the better one.</param>
internal sealed record EngineFigure(string Name, string Ours, string Peer, double Ratio, double Least, double Most, double? Target, double? Accept, bool MoreIsBetter = true)
{
    /// <summary>Whether it is accepted; figures without a limit are.</summary>
    public bool IsGood => Accept is not { } limit || (MoreIsBetter ? Ratio >= limit : Ratio <= limit);

    private string Verdict => Target is not { } wanted ? "" : (MoreIsBetter ? Ratio >= wanted : Ratio <= wanted) ? "reached" : Accept is not null && IsGood ? "accepted" : "MISSED";

    /// <summary>A row of the table.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"| {Name} | {Ours} | {Peer} | **{Ratio:g3}** ({Least:g3} - {Most:g3}) | {(MoreIsBetter || Target is null ? "" : "at most ")}{Target:g3} | {Accept:g3} | {Verdict} |");
}

/// <summary>Measures pairs and prints figures. A small run does not judge them: its sizes are not those that the limits are for.</summary>
internal sealed class EngineReport(int pairs, bool judges)
{
    /// <summary>How many pairs are measured.</summary>
    public int Pairs => pairs;

    /// <summary>Whether all figures are accepted and all answers agreed.</summary>
    public bool IsGood { get; private set; } = true;

    /// <summary>Prints the head of the table.</summary>
    public static void Begin(string title)
    {
        Console.WriteLine(title);
        Console.WriteLine();
        Console.WriteLine("| figure | ours | peer | ratio (least - most of the pairs) | target | accept | |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
    }

    /// <summary>Prints a figure.</summary>
    public void Add(EngineFigure figure)
    {
        if (!judges) figure = figure with { Target = null, Accept = null };
        IsGood &= figure.IsGood;
        Console.WriteLine(figure);
    }

    /// <summary>Prints why something was not measured, or why its answers cannot be trusted.</summary>
    public void Say(string name, string why, bool isBad)
    {
        IsGood &= !isBad;
        Console.WriteLine($"| {name} | {why} |");
    }

    /// <summary>Runs both in turn, once unmeasured, and adds how many times the peer's speed ours has.</summary>
    public async Task<double> CompareAsync(string name, Func<Task> ours, Func<Task> peer, double? target, double? accept, string what = "")
    {
        await ours();
        await peer();
        var rows = new (double Ours, double Peer)[pairs];
        for (var i = 0; i < pairs; i++) rows[i] = (await TimeAsync(ours), await TimeAsync(peer));
        var ratios = rows.Select(r => r.Peer / r.Ours).Order().ToArray();
        var median = Median(rows.Select(r => r.Ours));
        Add(new EngineFigure(name, Ms(median) + what, Ms(Median(rows.Select(r => r.Peer))), Median(ratios), ratios[0], ratios[^1], target, accept));
        return median;
    }

    /// <summary>Median time of several runs behind an unmeasured one, milliseconds.</summary>
    public async Task<double> MedianAsync(Func<Task> run)
    {
        await run();
        var times = new double[pairs];
        for (var i = 0; i < pairs; i++) times[i] = await TimeAsync(run);
        return Median(times);
    }

    /// <summary>The middle value.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Milliseconds in words.</summary>
    public static string Ms(double milliseconds) => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:g4} ms");

    private static async Task<double> TimeAsync(Func<Task> run)
    {
        var begin = Stopwatch.GetTimestamp();
        await run();
        return Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
    }
}
