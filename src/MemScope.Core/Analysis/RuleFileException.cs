using System.Globalization;

namespace MemScope.Core.Analysis;

/// <summary>A line of a data file of the product that cannot be read.</summary>
/// <param name="line">Its number, from 1.</param>
/// <param name="problem">What is wrong with it.</param>
public sealed class RuleFileException(int line, string problem) : FormatException($"line {line.ToString(CultureInfo.InvariantCulture)}: {problem}")
{
    /// <summary>Its number, from 1.</summary>
    public int Line { get; } = line;

    /// <summary>What is wrong, without the line.</summary>
    public string Problem { get; } = problem;
}
