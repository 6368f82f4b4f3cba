using System.Globalization;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Findings.Asking;

/// <summary>What an argument of a check is.</summary>
public enum ArgumentKind : byte
{
    /// <summary>A part of a whole: <c>70 %</c>.</summary>
    Share,

    /// <summary>Bytes: <c>144 bytes</c>, <c>16 KiB</c>, <c>64 MiB</c>.</summary>
    Size,

    /// <summary>A number: <c>10</c>, <c>0.5</c>.</summary>
    Number,

    /// <summary>A length of time: <c>1 ms</c>, <c>10 s</c>, <c>5 min</c>.</summary>
    Time,

    /// <summary>Categories by slug.</summary>
    Categories,

    /// <summary>A number of smaps: <c>AnonHugePages</c>.</summary>
    Metric,

    /// <summary>Several numbers of smaps, taken together.</summary>
    MetricList,

    /// <summary>Forms of growth by slug.</summary>
    Shapes,

    /// <summary>Patterns with <c>*</c> for anything.</summary>
    Patterns,

    /// <summary>A version: <c>1.21</c>, <c>3.13.2</c>.</summary>
    Version,

    /// <summary>One word or several of a closed list.</summary>
    Words,

    /// <summary>Any text: a key of a figure.</summary>
    Text,
}

/// <summary>An argument that a check takes.</summary>
/// <param name="Name">Its key in cards.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Says">What it means, in half a sentence.</param>
public sealed record CheckArgument(string Name, ArgumentKind Kind, string Says)
{
    /// <summary>Whether it may be left out.</summary>
    public bool IsOptional { get; init; }

    /// <summary>The words of <see cref="ArgumentKind.Words"/>; empty for other kinds.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>Reads values as this kind, to find out whether they can be.</summary>
    /// <exception cref="FormatException">They cannot.</exception>
    public void Validate(string[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Length == 0) throw new FormatException("takes a value");
        switch (Kind)
        {
            case ArgumentKind.Share: _ = Arguments.Share(TomlText.One(values)); break;
            case ArgumentKind.Size: _ = Arguments.Size(TomlText.One(values)); break;
            case ArgumentKind.Number: _ = Arguments.Number(TomlText.One(values)); break;
            case ArgumentKind.Time: _ = Arguments.Time(TomlText.One(values)); break;
            case ArgumentKind.Categories: foreach (var v in values) _ = Arguments.CategoryOf(v); break;
            case ArgumentKind.Metric: _ = Arguments.MetricOf(TomlText.One(values)); break;
            case ArgumentKind.MetricList: foreach (var v in values) _ = Arguments.MetricOf(v); break;
            case ArgumentKind.Shapes: foreach (var v in values) _ = Arguments.Shape(v); break;
            case ArgumentKind.Patterns: foreach (var v in values) if (v.Trim('*').Length == 0) throw new FormatException("a pattern must say something"); break;
            case ArgumentKind.Version: _ = ProductVersion.Parse(TomlText.One(values)) ?? throw new FormatException("numbers with points between them are needed: 1.21"); break;
            case ArgumentKind.Words: foreach (var v in values) if (!Words.Contains(v, StringComparer.Ordinal)) throw new FormatException($"{v} is none of {string.Join(", ", Words)}"); break;
            default: break;
        }
    }
}

/// <summary>Reads the texts of arguments. Each throws <see cref="FormatException"/> with words for the author of the card.</summary>
internal static class Arguments
{
    public static double Share(string text) =>
        text.EndsWith(" %", StringComparison.Ordinal) && TryNumber(text[..^2], out var percent) && percent is >= 0 and <= 1000 ? percent / 100 : throw new FormatException("a share is needed: 70 %");

    public static long Size(string text)
    {
        var unit = text.IndexOf(' ', StringComparison.Ordinal);
        var factor = unit < 0 ? 0 : text[(unit + 1)..] switch { "byte" or "bytes" => 1L, "KiB" => 1L << 10, "MiB" => 1L << 20, "GiB" => 1L << 30, _ => 0 };
        return factor > 0 && TryNumber(text[..unit], out var number) && number < 1 << 20 ? (long)(number * factor) : throw new FormatException("a size with its unit is needed: 64 MiB");
    }

    public static double Number(string text) => TryNumber(text, out var number) ? number : throw new FormatException("a number is needed");

    public static TimeSpan Time(string text)
    {
        var unit = text.IndexOf(' ', StringComparison.Ordinal);
        var ticks = unit < 0 ? 0 : text[(unit + 1)..] switch
        {
            "us" => TimeSpan.TicksPerMicrosecond, "ms" => TimeSpan.TicksPerMillisecond, "s" => TimeSpan.TicksPerSecond, "min" => TimeSpan.TicksPerMinute, "h" => TimeSpan.TicksPerHour, _ => 0,
        };
        return ticks > 0 && TryNumber(text[..unit], out var number) && number < 1e6 ? TimeSpan.FromTicks((long)(number * ticks)) : throw new FormatException("a time with its unit is needed: 10 s");
    }

    public static Category CategoryOf(string text) => Model.Categories.Parse(text) ?? throw new FormatException($"no category is called {text}");

    public static Metric MetricOf(string text) => Metrics.Parse(text) ?? throw new FormatException($"smaps has no {text}");

    public static GrowthShape Shape(string text)
    {
        foreach (var shape in Enum.GetValues<GrowthShape>()) if (shape.Slug() == text) return shape;
        throw new FormatException($"no form is called {text}");
    }

    private static bool TryNumber(string text, out double number) => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
}
