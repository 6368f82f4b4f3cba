using MemScope.Core.Analysis.Growth;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Findings.Asking;

/// <summary>A check as it is asked: of which case, for which card, with which arguments. The reader of cards has made sure that the arguments can be read.</summary>
/// <param name="Case">The case.</param>
/// <param name="Card">The card.</param>
/// <param name="Arguments">The card's arguments by name.</param>
public sealed record CheckCall(CaseFacts Case, Card Card, IReadOnlyDictionary<string, IReadOnlyList<string>> Arguments)
{
    /// <summary>Whether an argument was given.</summary>
    public bool Has(string name) => Arguments.ContainsKey(name);

    /// <summary>A share, 0 to 1.</summary>
    public double Share(string name) => Asking.Arguments.Share(One(name));

    /// <summary>A share that may be left out.</summary>
    public double Share(string name, double otherwise) => Has(name) ? Share(name) : otherwise;

    /// <summary>A size in bytes.</summary>
    public long Size(string name) => Asking.Arguments.Size(One(name));

    /// <summary>A size that may be left out.</summary>
    public long Size(string name, long otherwise) => Has(name) ? Size(name) : otherwise;

    /// <summary>A number.</summary>
    public double Number(string name) => Asking.Arguments.Number(One(name));

    /// <summary>A number that may be left out.</summary>
    public double Number(string name, double otherwise) => Has(name) ? Number(name) : otherwise;

    /// <summary>A length of time.</summary>
    public TimeSpan Time(string name) => Asking.Arguments.Time(One(name));

    /// <summary>Categories; empty when left out.</summary>
    public IReadOnlyList<Category> Categories(string name) => [.. Texts(name).Select(Asking.Arguments.CategoryOf)];

    /// <summary>A number of smaps.</summary>
    public Metric Metric(string name) => Asking.Arguments.MetricOf(One(name));

    /// <summary>Numbers of smaps; empty when left out.</summary>
    public IReadOnlyList<Metric> Metrics(string name) => [.. Texts(name).Select(Asking.Arguments.MetricOf)];

    /// <summary>Forms of growth; empty when left out.</summary>
    public IReadOnlyList<GrowthShape> Shapes(string name) => [.. Texts(name).Select(Asking.Arguments.Shape)];

    /// <summary>A version.</summary>
    public ProductVersion Version(string name) => ProductVersion.Parse(One(name))!;

    /// <summary>A text or word, or null when left out.</summary>
    public string? Text(string name) => Has(name) ? One(name) : null;

    /// <summary>Texts, words or patterns; empty when left out.</summary>
    public IReadOnlyList<string> Texts(string name) => Arguments.GetValueOrDefault(name) ?? [];

    private string One(string name) => Arguments[name][0];
}
