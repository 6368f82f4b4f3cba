using System.CommandLine;
using System.Globalization;

namespace MemScope.Agent.Commands;

/// <summary>Durations as people write them: <c>500ms</c>, <c>5s</c>, <c>2m</c>, <c>1h</c>; a bare number is seconds.</summary>
internal static class Durations
{
    private static readonly (string Unit, double Seconds)[] Units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400)];

    /// <summary>An option that takes one.</summary>
    public static Option<TimeSpan?> Option(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "duration",
        CustomParser = result =>
        {
            if (TryParse(result.Tokens[0].Value, out var duration)) return duration;
            result.AddError($"{name} wants a duration such as 500ms, 5s or 2m, not '{result.Tokens[0].Value}'");
            return null;
        },
    };

    /// <summary>Reads a positive duration.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var digits = text.AsSpan().TrimEnd("abcdefghijklmnopqrstuvwxyz");
        var unit = text[digits.Length..];
        var scale = unit.Length == 0 ? 1 : Array.Find(Units, u => u.Unit.Equals(unit, StringComparison.Ordinal)).Seconds;
        if (scale == 0 || !double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return false;
        var seconds = number * scale;
        if (seconds is <= 0 or > 365.0 * 86400) return false;
        duration = TimeSpan.FromSeconds(seconds);
        return true;
    }
}
