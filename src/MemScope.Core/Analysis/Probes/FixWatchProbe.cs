namespace MemScope.Core.Analysis.Probes;

/// <summary>A run with the remedy, to prove it.</summary>
internal static class FixWatchProbe
{
    private const int LongestLabel = 200;

    /// <summary>The probe.</summary>
    public static ProbeKind Kind { get; } = new(ProbeBook.FixWatch, ProbeKind.Always, Make);

    private static Probe Make(ProbeTarget target)
    {
        var fix = target.Setting is { Length: > 0 } setting ? setting[..Math.Min(setting.Length, LongestLabel)] : "yes";
        return new(Kind.Slug, $"Prove the fix on your service, {ProbeParts.WatchSeconds} s",
            $"""
            {Started(target.Setting)} &
            memscope agent watch {WatchProbe.Arguments(target, "$!")} --label {Shell.Quote("fix=" + fix)}
            """,
            "",
            "Starts the program anew with the remedy. " + WatchProbe.Risk)
        {
            Needs = ["the agent", "a restart", "the same load as before"],
            Why = "The new run opens beside this one; compared, the two slopes say whether the fix holds.",
        };
    }

    /// <summary>The program with a setting: a variable of its environment, an argument, or, where it is neither, a reminder.</summary>
    private static string Started(string? setting) => setting switch
    {
        null or "" => $"{ProbeParts.YourProgram}",
        _ when setting.IndexOf('=', StringComparison.Ordinal) is > 0 and var at && IsName(setting.AsSpan(0, at)) => $"{setting[..at]}={Shell.Quote(setting[(at + 1)..])} {ProbeParts.YourProgram}",
        ['-', ..] => $"{ProbeParts.YourProgram} {Shell.Quote(setting)}",
        _ => $": with {Shell.Quote(setting)}; {ProbeParts.YourProgram}",
    };

    // XBD 8.1: names of variables are letters, digits and '_', and do not begin with a digit.
    private static bool IsName(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
            if (!char.IsAsciiLetterOrDigit(c) && c != '_') return false;
        return !char.IsAsciiDigit(text[0]);
    }
}
