using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MemScope.Web.Wire;

namespace MemScope.Web.Sharing.Redaction;

/// <summary>
/// Takes out of a finished view what its sharer does not want to show, before it is stored: what is not in the document can be in no page, picture, block or header made of it. The same value has the
/// same stand-in everywhere in one share.
/// </summary>
internal sealed partial class Redactor : DocumentWalk
{
    // Below these a number in hex is a flag, a size or an offset.
    private const int FewestDigits = 8, FewestPlainDigits = 11;

    private readonly IReadOnlySet<string> _what;
    private readonly SecretValues _secrets;

    private Redactor(IReadOnlySet<string> what, SecretValues secrets) => (_what, _secrets) = (what, secrets);

    /// <summary>The view without what is named of <see cref="Redactions.All"/>; the view itself where nothing is.</summary>
    public static SharedViewWire Redact(SharedViewWire view, IReadOnlyCollection<string> what)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(what);
        if (what.Count == 0) return view;
        var asked = new HashSet<string>(what, StringComparer.Ordinal);
        IReadOnlyList<string> redacted = [.. Redactions.All.Where(asked.Contains)];
        var document = JsonSerializer.SerializeToNode(view with { Redacted = redacted, Request = view.Request with { Redact = redacted } }, ShareReader.Json)!.AsObject();
        var secrets = new SecretValues(asked);
        secrets.Walk(document, typeof(SharedViewWire));
        new Redactor(asked, secrets).Walk(document, typeof(SharedViewWire));
        return document.Deserialize<SharedViewWire>(ShareReader.Json)!;
    }

    /// <inheritdoc/>
    protected override string Text(JsonObject record, Type type, TextKind kind, string text) => kind switch
    {
        TextKind.Word => text,
        TextKind.CommandLine when _what.Contains(Redactions.Command) => "",
        TextKind.Person when _what.Contains(Redactions.Users) && _secrets.Names.Of(text.Trim()) is null => "somebody",
        TextKind.Offset => record["module"] is null && _what.Contains(Redactions.Addresses) && SecretValues.IsAddress(text, out var address) ? _secrets.Regions.Place(address) ?? RegionBook.Unknown : text,
        TextKind.Range when _what.Contains(Redactions.Addresses) => text.Split('-') is [var start, _] && SecretValues.IsAddress(start, out var low) ? _secrets.Regions.Range(SecretValues.TrackOf(record, type), low) : RegionBook.Unknown,
        TextKind.Path => _secrets.Names.In(Addresses(_what.Contains(Redactions.Paths) ? PathText.Whole(text) : text)),
        _ => Words(text),
    };

    /// <inheritdoc/>
    protected override void Range(JsonObject record, Type type, string start, string end)
    {
        if (!_what.Contains(Redactions.Addresses) || record[start]?.GetValue<string>() is not { } first) return;
        record[start] = SecretValues.IsAddress(first, out var low) ? _secrets.Regions.Range(SecretValues.TrackOf(record, type), low) : RegionBook.Unknown;
        record[end] = "";
    }

    /// <inheritdoc/>
    protected override JsonObject Keys(JsonObject record, TextKind kind, JsonObject pairs)
    {
        if (kind is TextKind.Word) return (JsonObject)pairs.DeepClone();
        var kept = new JsonObject();
        if (kind is TextKind.Labels && _what.Contains(Redactions.Labels)) return kept;
        foreach (var (key, value) in pairs) kept[Words(key)] = value is JsonValue label && label.TryGetValue<string>(out var text) ? Words(text) : value?.DeepClone();
        return kept;
    }

    // Arguments before paths, of which they may consist; names last, so that one inside a path does not hide it.
    private string Words(string text)
    {
        var quoted = _secrets.Quoted.In(text);
        return _secrets.Names.In(Addresses(_what.Contains(Redactions.Paths) ? PathText.Within(quoted) : quoted));
    }

    private string Addresses(string text) => _what.Contains(Redactions.Addresses) ? InHex().Replace(text, Address) : text;

    private string Address(Match match)
    {
        if (match.Groups["id"].Success) return match.Value;
        if (match.Groups["from"] is { Success: true } from)
            return SecretValues.IsAddress(from.Value, out var low) && _secrets.Regions.Place(low) is { } range ? range : match.Value.All(c => char.IsAsciiDigit(c) || c == '-') ? match.Value : RegionBook.Unknown;
        var hex = match.Groups["one"].Value;
        if (!SecretValues.IsAddress(hex, out var address)) return match.Value;
        var hasPrefix = hex.StartsWith("0x", StringComparison.Ordinal);
        var digits = hasPrefix ? hex.Length - 2 : hex.Length;
        // A number that could be a figure is an address only where it is one of the document's own.
        if (!hasPrefix && (digits < FewestDigits || (digits < FewestPlainDigits && hex.All(char.IsAsciiDigit)))) return _secrets.Regions.IsEnd(address) ? _secrets.Regions.Place(address)! : match.Value;
        if (_secrets.Regions.Place(address) is { } place) return place;
        return digits < FewestDigits || (!hasPrefix && (hex.All(char.IsAsciiDigit) || hex.All(char.IsAsciiLetter))) ? match.Value : RegionBook.Unknown;
    }

    // An id; start and end of a range; an address. What stands behind a plus is an offset already.
    [GeneratedRegex("""\b(?<id>[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})\b|(?<![A-Za-z0-9])(0x)?(?<from>[0-9a-f]{6,16})[-–](0x)?[0-9a-f]{6,16}(?![A-Za-z0-9])|(?<![A-Za-z0-9+])(?<one>0x[0-9a-f]{5,16}|[0-9a-f]{6,16})(?![A-Za-z0-9])""", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex InHex();
}
