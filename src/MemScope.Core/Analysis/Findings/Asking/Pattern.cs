namespace MemScope.Core.Analysis.Findings.Asking;

/// <summary>Patterns over names of functions, modules and figures: <c>*</c> stands for anything, wherever it is; everything else is itself, case and all.</summary>
public static class Pattern
{
    /// <summary>Whether one of the patterns matches a name; a missing name matches none.</summary>
    public static bool MatchesAny(IReadOnlyList<string> patterns, string? name)
    {
        ArgumentNullException.ThrowIfNull(patterns);
        if (name is null) return false;
        foreach (var pattern in patterns) if (Matches(pattern, name)) return true;
        return false;
    }

    /// <summary>Whether a pattern matches a name. Takes at most length times length steps.</summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        var (p, n, star, mark) = (0, 0, -1, 0);
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*') (star, mark) = (p++, n);
            else if (p < pattern.Length && pattern[p] == name[n]) (p, n) = (p + 1, n + 1);
            else if (star >= 0) (p, n) = (star + 1, ++mark);
            else return false;
        }
        while (p < pattern.Length && pattern[p] == '*') p++;
        return p == pattern.Length;
    }
}
