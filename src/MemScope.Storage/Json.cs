using System.Text.Json;
using System.Text.Json.Serialization;
using MemScope.Core.Model;

namespace MemScope.Storage;

/// <summary>The small documents inside rows: labels, parse reports, losses, side figures.</summary>
internal static class Json
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    public static string Of<T>(T value) => JsonSerializer.Serialize(value, Options);

    public static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, Options) ?? throw new InvalidDataException("null where a document belongs");

    public static string OfLabels(IReadOnlyDictionary<string, string> labels) =>
        Of(labels.DistinctBy(l => CleanText.Of(l.Key, 200), StringComparer.Ordinal).ToDictionary(l => CleanText.Of(l.Key, 200), l => CleanText.Of(l.Value, 2000), StringComparer.Ordinal));

    public static string OfFigures(IReadOnlyDictionary<string, long> figures) =>
        Of(figures.DistinctBy(l => CleanText.Of(l.Key, 200), StringComparer.Ordinal).ToDictionary(l => CleanText.Of(l.Key, 200), l => l.Value, StringComparer.Ordinal));

    public static string OfReport(IReadOnlyList<ParseDiagnostic> report) =>
        Of(report.Select(d => d with { Id = CleanText.Of(d.Id), Text = CleanText.Of(d.Text), Member = CleanText.OrNull(d.Member) }).ToArray());

    public static string OfLosses(IReadOnlyList<TraceLoss> losses) => Of(losses.Select(l => l with { Kind = CleanText.Of(l.Kind), Text = CleanText.Of(l.Text) }).ToArray());
}
