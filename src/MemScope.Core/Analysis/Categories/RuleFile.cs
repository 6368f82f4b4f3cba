using System.Globalization;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Categories;

/// <summary>
/// Reads the rules: a small part of TOML. <c>[id]</c> begins a rule, <c>key = "text"</c> or <c>key = ["text", "text"]</c> belongs to it, <c>#</c> begins a comment line.
/// Strict: what is not known, said twice or left out is an error with its line.
/// </summary>
internal static class RuleFile
{
    /// <summary>Placeholders that <c>figures</c> may have.</summary>
    public static readonly string[] Placeholders = ["size", "start", "rss", "guard", "rest", "reserve", "owner", "flags", "loads"];

    private static readonly Dictionary<string, Action<CategoryRule, string[]>> Keys = new(StringComparer.Ordinal)
    {
        ["category"] = static (r, v) => r.Category = Model.Categories.Parse(TomlText.One(v)) ?? throw new FormatException($"no category is called {v[0]}"),
        ["kind"] = static (r, v) => r.Kind = TomlText.One(v),
        ["confidence"] = static (r, v) => r.Confidence = TomlText.One(v) switch { "A" => Confidence.Certain, "B" => Confidence.Strong, "C" => Confidence.Guess, _ => throw new FormatException("A, B or C is needed") },
        ["why"] = static (r, v) => r.Why = TomlText.One(v).Contains('{', StringComparison.Ordinal) ? throw new FormatException("placeholders belong into figures") : v[0],
        ["figures"] = static (r, v) => r.Figures = Template(TomlText.One(v)),
        ["name"] = static (r, v) => r.Names = Patterns(v),
        ["owner"] = static (r, v) => r.Owners = Patterns(v),
        ["loads"] = static (r, v) => r.Loads = Patterns(v),
        ["backing"] = static (r, v) => r.Backing = BackingOf(TomlText.One(v)),
        ["perms"] = static (r, v) => r.Permissions = PermissionsOf(TomlText.One(v)),
        ["flags"] = static (r, v) => r.Flags = Array.TrueForAll(v, f => f.Length == 2) ? v : throw new FormatException("VmFlags have two letters"),
        ["layout"] = static (r, v) => r.Layout = v.Aggregate(Surroundings.None, (all, word) => all | Layouts.Parse(word)),
        ["holds"] = static (r, v) => r.Holds = MetricsOf(v),
        ["lacks"] = static (r, v) => r.Lacks = MetricsOf(v),
        ["size-least"] = static (r, v) => r.SizeLeast = Bytes(TomlText.One(v)),
        ["size-most"] = static (r, v) => r.SizeMost = Bytes(TomlText.One(v)),
        ["size-multiple"] = static (r, v) => r.SizeMultiple = Bytes(TomlText.One(v)),
        ["size-with-guard"] = static (r, v) => r.SizesWithGuard = Array.ConvertAll(v, Bytes),
        ["start-multiple"] = static (r, v) => r.StartMultiple = Bytes(TomlText.One(v)),
        ["start-not-multiple"] = static (r, v) => r.StartNotMultiple = Bytes(TomlText.One(v)),
        ["reserve-beside"] = static (r, v) => r.ReserveBeside = Bytes(TomlText.One(v)),
        ["from"] = static (r, v) => r.From = Address(TomlText.One(v)),
        ["below"] = static (r, v) => r.Below = Address(TomlText.One(v)),
        ["several"] = static (r, v) => r.Several = int.TryParse(TomlText.One(v), NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n > 1 ? n : throw new FormatException("a number above 1 is needed"),
    };

    private static readonly string[] Told = ["category", "kind", "confidence", "why", "figures"];

    private static readonly string[] Needed = ["category", "kind", "confidence", "why"];

    /// <summary>The rules in their order.</summary>
    /// <exception cref="RuleFileException">A line cannot be read.</exception>
    public static CategoryRule[] Read(string text)
    {
        var rules = new List<CategoryRule>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var begun = 0;
        foreach (var line in TomlText.Lines(text))
        {
            if (line.Head is not null)
            {
                Close(rules, seen, begun);
                rules.Add(Begin(rules, line.Head, line.Number));
                begun = line.Number;
                seen.Clear();
                continue;
            }
            if (rules.Count == 0) throw new RuleFileException(line.Number, "a rule begins with [its-name]");
            ReadKey(rules[^1], seen, line);
        }
        Close(rules, seen, begun);
        return [.. rules];
    }

    private static CategoryRule Begin(List<CategoryRule> rules, string line, int number)
    {
        var id = line[^1] == ']' ? line[1..^1] : "";
        if (id.Length == 0 || !id.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')) throw new RuleFileException(number, "a rule's name is [lower-case-words]");
        if (rules.Exists(r => r.Id == id)) throw new RuleFileException(number, $"a rule called {id} stands above");
        if (rules.Count == RuleSet.Capacity) throw new RuleFileException(number, $"more than {RuleSet.Capacity} rules");
        return new CategoryRule(id);
    }

    private static void Close(List<CategoryRule> rules, HashSet<string> seen, int begun)
    {
        if (rules.Count == 0) return;
        var rule = rules[^1];
        if (Array.Find(Needed, k => !seen.Contains(k)) is { } missing) throw new RuleFileException(begun, $"{rule.Id} has no {missing}");
        rule.LooksAtRow = seen.Any(k => k is "layout" or "holds" or "lacks" or "from" or "below" or "reserve-beside" || k.StartsWith("size-", StringComparison.Ordinal) || k.StartsWith("start-", StringComparison.Ordinal));
    }

    private static void ReadKey(CategoryRule rule, HashSet<string> seen, TomlLine line)
    {
        if (!Keys.TryGetValue(line.Key, out var set)) throw new RuleFileException(line.Number, $"{line.Key} is no key; known are {string.Join(", ", Keys.Keys)}");
        if (!seen.Add(line.Key)) throw new RuleFileException(line.Number, $"{line.Key} is said twice");
        try
        {
            set(rule, line.Values);
            if (!Told.Contains(line.Key, StringComparer.Ordinal)) rule.Tests.Add(line.Text);
        }
        catch (FormatException e)
        {
            throw new RuleFileException(line.Number, $"{line.Key}: {e.Message}");
        }
    }

    private static NamePattern[] Patterns(string[] values) => Array.ConvertAll(values, v => new NamePattern(v) is { Fixed.Length: > 0 } pattern ? pattern : throw new FormatException("a pattern must say something"));

    private static Metric[] MetricsOf(string[] values) => Array.ConvertAll(values, v => Metrics.Parse(v) ?? throw new FormatException($"smaps has no {v}"));

    private static Backing BackingOf(string word) => word switch
    {
        "unnamed" => Backing.Unnamed, "owner" => Backing.Owner, "brackets" => Backing.Brackets, "file" => Backing.File, "gone-file" => Backing.GoneFile,
        _ => throw new FormatException("unnamed, owner, brackets, file or gone-file is needed"),
    };

    private static string PermissionsOf(string text)
    {
        const string Yes = "rwxs";
        for (var i = 0; i < 4; i++) if (text.Length != 4 || (text[i] != Yes[i] && text[i] != '?' && text[i] != (i == 3 ? 'p' : '-'))) throw new FormatException("four characters as in maps are needed, ? for any");
        return text;
    }

    private static string Template(string text)
    {
        for (var open = text.IndexOf('{', StringComparison.Ordinal); open >= 0; open = text.IndexOf('{', open + 1))
        {
            var close = text.IndexOf('}', open);
            if (close < 0 || !Placeholders.Contains(text[(open + 1)..close], StringComparer.Ordinal)) throw new FormatException($"known placeholders are {string.Join(", ", Placeholders)}");
        }
        return text;
    }

    private static ulong Address(string text) => ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var address) ? address : throw new FormatException("an address in hex is needed");

    private static ulong Bytes(string text)
    {
        var unit = text.IndexOf(' ', StringComparison.Ordinal);
        var factor = unit < 0 ? 0UL : text[(unit + 1)..] switch { "KiB" => 1UL << 10, "MiB" => 1UL << 20, "GiB" => 1UL << 30, _ => 0 };
        return factor > 0 && ulong.TryParse(text.AsSpan(0, unit), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 1 << 20
            ? number * factor
            : throw new FormatException("a size with its unit is needed: 64 MiB");
    }
}
