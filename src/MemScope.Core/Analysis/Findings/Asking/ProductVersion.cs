using System.Globalization;

namespace MemScope.Core.Analysis.Findings.Asking;

/// <summary>A version of numbers with points between them: <c>1.19.0</c>. What follows (<c>-rc1</c>, <c>+cuda12</c>) is not compared.</summary>
/// <param name="Text">As it was written.</param>
/// <param name="Numbers">Its numbers.</param>
public sealed record ProductVersion(string Text, IReadOnlyList<int> Numbers)
{
    /// <summary>Versions have fewer numbers than that.</summary>
    private const int MostNumbers = 6;

    /// <summary>Reads a version at the begin of a text, or null when none stands there.</summary>
    public static ProductVersion? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (numbers, at) = (new List<int>(), 0);
        while (numbers.Count < MostNumbers)
        {
            var end = at;
            while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
            if (end == at || !int.TryParse(text.AsSpan(at..end), NumberStyles.None, CultureInfo.InvariantCulture, out var number)) break;
            numbers.Add(number);
            at = end + 1;
            if (end >= text.Length || text[end] != '.') break;
        }
        return numbers.Count == 0 ? null : new(string.Join('.', numbers), numbers);
    }

    /// <summary>Below 0 when it is the earlier one, 0 when they are the same, missing numbers counted as 0.</summary>
    public int OrderTo(ProductVersion other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (var i = 0; i < Math.Max(Numbers.Count, other.Numbers.Count); i++)
        {
            var order = (i < Numbers.Count ? Numbers[i] : 0).CompareTo(i < other.Numbers.Count ? other.Numbers[i] : 0);
            if (order != 0) return order;
        }
        return 0;
    }

    /// <summary>Whether it satisfies conditions as remedies name them: <c>&lt; 1.21</c>, <c>&gt;= 1.17, &lt; 1.21</c>; null when they cannot be read.</summary>
    public bool? Satisfies(string conditions)
    {
        ArgumentNullException.ThrowIfNull(conditions);
        var all = true;
        foreach (var condition in conditions.Split(',', StringSplitOptions.TrimEntries))
        {
            var sign = condition.StartsWith(">=", StringComparison.Ordinal) || condition.StartsWith("<=", StringComparison.Ordinal) ? condition[..2] : condition.Length > 0 && condition[0] is '<' or '>' or '=' ? condition[..1] : "";
            if (sign.Length == 0 || Parse(condition[sign.Length..].Trim()) is not { } bound) return null;
            var order = OrderTo(bound);
            all &= sign switch { "<" => order < 0, "<=" => order <= 0, ">" => order > 0, ">=" => order >= 0, _ => order == 0 };
        }
        return all;
    }
}
