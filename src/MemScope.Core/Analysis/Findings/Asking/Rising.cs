namespace MemScope.Core.Analysis.Findings.Asking;

/// <summary>
/// Whether a number goes on rising through a window. A cache that fills or a program that loads stops before its last third; what is used and given back falls in between. Falls may take
/// back a tenth of what rises: figures of a host are those of all its processes.
/// </summary>
public static class Rising
{
    /// <summary>With fewer points a third has no beginning and no end.</summary>
    public const int FewestPoints = 5;

    private const double Falls = 0.1;

    /// <summary>Whether the last point of each third of the finite points lies above its first, and little is taken back.</summary>
    public static bool Throughout(IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var finite = values.Where(double.IsFinite).ToList();
        if (finite.Count < FewestPoints) return false;
        double rises = 0, falls = 0;
        for (var i = 1; i < finite.Count; i++)
        {
            if (finite[i] > finite[i - 1]) rises += finite[i] - finite[i - 1];
            else falls += finite[i - 1] - finite[i];
        }
        for (var third = 0; third < 3; third++)
            if (finite[(finite.Count - 1) * (third + 1) / 3] <= finite[(finite.Count - 1) * third / 3]) return false;
        return falls <= Falls * rises;
    }

    /// <summary>Last less first finite value; 0 without any.</summary>
    public static double Rise(IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var finite = values.Where(double.IsFinite).ToList();
        return finite.Count == 0 ? 0 : finite[^1] - finite[0];
    }
}
