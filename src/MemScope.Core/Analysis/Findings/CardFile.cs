using MemScope.Core.Analysis.Findings.Asking;

namespace MemScope.Core.Analysis.Findings;

/// <summary>
/// Reads a card: keys of the whole card first, then sections <c>[[check]]</c> and <c>[[remedy]]</c> with theirs. Strict: what is not known, said twice, left out or of the wrong kind is an
/// error with the file and the line. docs/findings.md explains the keys.
/// </summary>
internal static class CardFile
{
    /// <summary>What {placeholders} in mechanisms, titles and claims may be.</summary>
    public static readonly string[] Placeholders = [.. CaseWords.All.Keys];

    private static readonly string[] CardKeys =
        ["id", "name", "kind", "title", "mechanism", "in-short", "malloc", "category", "sources", "fired-by", "silent-on", "yields-to", "probes", "product", "product-version"];

    private static readonly string[] CheckKeys = ["role", "is", "claim", "probe", "why"];

    private static readonly string[] RemedyKeys = ["title", "setting", "caveat", "source", "versions"];

    /// <summary>Reads a card.</summary>
    /// <param name="file">Name of the file, for errors.</param>
    /// <param name="text">Its text.</param>
    /// <exception cref="CardFileException">A line cannot be read.</exception>
    public static Card Read(string file, string text)
    {
        try
        {
            return Read(text);
        }
        catch (RuleFileException e)
        {
            throw new CardFileException(file, e.Line, e.Problem);
        }
    }

    private static Card Read(string text)
    {
        var head = new Section(1, "card");
        var (checks, remedies) = (new List<Section>(), new List<Section>());
        var now = head;
        foreach (var line in TomlText.Lines(text))
        {
            if (line.Head is { } begin)
            {
                var into = begin switch { "[[check]]" => checks, "[[remedy]]" => remedies, _ => throw new RuleFileException(line.Number, $"{begin} is no section: [[check]] and [[remedy]] are") };
                into.Add(now = new Section(line.Number, begin));
                continue;
            }
            now.Add(line);
        }
        head.AllowOnly(CardKeys);
        return new Card(head.At("id", Id), head.One("name"), head.At("kind", KindOf), head.At("title", Filled), head.At("mechanism", Filled))
        {
            InShort = head.Has("in-short") ? head.At("in-short", Filled) : null,
            InsideMallocHeap = head.At("malloc", Side),
            Category = head.Has("category") ? head.At("category", Arguments.CategoryOf) : null,
            Sources = head.Some("sources"),
            FiredBy = head.Many("fired-by"),
            SilentOn = head.Many("silent-on"),
            YieldsTo = head.Has("yields-to") ? head.Many("yields-to") : [],
            Probes = head.Has("probes") ? head.Many("probes") : [],
            Product = head.Has("product") ? head.One("product") : null,
            ProductVersions = head.Has("product-version") ? head.Each("product-version", v => v.Split("{version}").Length == 2 ? v : throw new FormatException("{version} must stand in it once")) : [],
            Checks = checks.Count > 0 ? [.. checks.Select(CheckOf)] : throw new RuleFileException(1, "the card has no [[check]]"),
            Remedies = [.. remedies.Select(RemedyOf)],
        };
    }

    private static CardCheck CheckOf(Section section)
    {
        var name = section.One("is");
        if (!Checks.All.TryGetValue(name, out var check)) throw new RuleFileException(section.LineOf("is"), $"no check is called {name}; there are {string.Join(", ", Checks.All.Keys.Order(StringComparer.Ordinal))}");
        section.AllowOnly([.. CheckKeys, .. check.Arguments.Select(a => a.Name)]);
        var arguments = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var argument in check.Arguments)
        {
            if (argument.IsOptional && !section.Has(argument.Name)) continue;
            arguments[argument.Name] = section.At(argument.Name, values =>
            {
                argument.Validate(values);
                return values;
            });
        }
        return new CardCheck(section.At("role", RoleOf), name, section.At("claim", Filled), arguments) { Probe = section.Maybe("probe"), Why = section.Maybe("why") };
    }

    private static Remedy RemedyOf(Section section)
    {
        section.AllowOnly(RemedyKeys);
        return new Remedy(section.One("title"), section.Maybe("setting"), section.Maybe("caveat") ?? "", section.One("source"))
        {
            Versions = section.Has("versions") ? section.At("versions", v => VersionWords.Conditions(v) is null ? throw new FormatException("a product and conditions are needed: UCX >= 1.17, < 1.21") : v) : null,
        };
    }

    private static string Id(string text) =>
        text.Length == 3 && char.IsAsciiLetterUpper(text[0]) && char.IsAsciiDigit(text[1]) && char.IsAsciiDigit(text[2]) ? text : throw new FormatException("a letter and two digits are needed: S01");

    private static FindingKind KindOf(string text) => text switch
    {
        "leak" => FindingKind.Leak,
        "retention" => FindingKind.Retention,
        "cost" => FindingKind.Cost,
        "risk" => FindingKind.Risk,
        "not-a-leak" => FindingKind.NotALeak,
        "not-this-process" => FindingKind.NotThisProcess,
        "hypothesis" => FindingKind.Hypothesis,
        _ => throw new FormatException("leak, retention, cost, risk, not-a-leak, not-this-process or hypothesis is needed"),
    };

    private static CheckRole RoleOf(string text) => text switch
    {
        "suspect" => CheckRole.Suspect,
        "likely" => CheckRole.Likely,
        "confirm" => CheckRole.Confirm,
        "support" => CheckRole.Support,
        "refute" => CheckRole.Refute,
        _ => throw new FormatException("suspect, likely, confirm, support or refute is needed"),
    };

    private static bool? Side(string text) => text switch { "inside" => true, "outside" => false, "either" => null, _ => throw new FormatException("inside, outside or either is needed") };

    private static string Filled(string text)
    {
        for (var open = text.IndexOf('{', StringComparison.Ordinal); open >= 0; open = text.IndexOf('{', open + 1))
        {
            var close = text.IndexOf('}', open);
            if (close < 0 || !Placeholders.Contains(text[(open + 1)..close], StringComparer.Ordinal)) throw new FormatException($"known placeholders are {string.Join(", ", Placeholders)}");
        }
        return text;
    }

    /// <summary>The keys of a card, a check or a remedy.</summary>
    private sealed class Section(int line, string name)
    {
        private readonly Dictionary<string, TomlLine> _lines = new(StringComparer.Ordinal);

        public void Add(TomlLine at)
        {
            if (!_lines.TryAdd(at.Key, at)) throw new RuleFileException(at.Number, $"{at.Key} is said twice");
        }

        public bool Has(string key) => _lines.ContainsKey(key);

        public int LineOf(string key) => _lines[key].Number;

        public void AllowOnly(IReadOnlyList<string> keys)
        {
            foreach (var (key, at) in _lines) if (!keys.Contains(key, StringComparer.Ordinal)) throw new RuleFileException(at.Number, $"{key} is no key here; known are {string.Join(", ", keys)}");
        }

        public T At<T>(string key, Func<string[], T> read)
        {
            if (!_lines.TryGetValue(key, out var at)) throw new RuleFileException(line, $"{name} has no {key}");
            try
            {
                return read(at.Values);
            }
            catch (FormatException e) when (e is not RuleFileException)
            {
                throw new RuleFileException(at.Number, $"{key}: {e.Message}");
            }
        }

        public T At<T>(string key, Func<string, T> read) => At(key, (string[] values) => read(TomlText.One(values)));

        public string One(string key) => At(key, (string value) => value);

        public string? Maybe(string key) => Has(key) ? One(key) : null;

        public string[] Many(string key) => At(key, (string[] values) => values);

        public string[] Some(string key) => At(key, (string[] values) => values.Length > 0 ? values : throw new FormatException("at least one is needed"));

        public string[] Each(string key, Func<string, string> read) => At(key, (string[] values) => Array.ConvertAll(values, v => read(v)));
    }
}

/// <summary>A card that cannot be read.</summary>
/// <param name="file">Name of its file.</param>
/// <param name="line">The line, from 1.</param>
/// <param name="problem">What is wrong with it.</param>
public sealed class CardFileException(string file, int line, string problem) : FormatException($"{file}, line {line.ToString(System.Globalization.CultureInfo.InvariantCulture)}: {problem}")
{
    /// <summary>Name of its file.</summary>
    public string File { get; } = file;

    /// <summary>The line, from 1.</summary>
    public int Line { get; } = line;
}
