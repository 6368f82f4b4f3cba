using System.Globalization;
using System.Text.Json.Nodes;
using MemScope.Web.Wire;

namespace MemScope.Web.Sharing.Redaction;

/// <summary>Goes through a document and notes what is to be taken out, with a stand-in for each, in the order of its first appearance.</summary>
/// <param name="what">Of <see cref="Redactions.All"/>.</param>
internal sealed class SecretValues(IReadOnlySet<string> what) : DocumentWalk
{
    // Shorter arguments and labels are figures, flags and words of every sentence; they go with the line that they stand in.
    private const int ShortestWord = 4, ShortestPlainWord = 6, ShortestNumber = 6, ShortestName = 3;
    private int _hosts, _people, _users;

    /// <summary>Names of machines and people: found in every text.</summary>
    public Literals Names { get; } = new();

    /// <summary>Arguments, labels and paths with blanks: found in words that people and cards write.</summary>
    public Literals Quoted { get; } = new();

    /// <summary>The ranges of the document.</summary>
    public RegionBook Regions { get; } = new();

    /// <inheritdoc/>
    protected override string Text(JsonObject record, Type type, TextKind kind, string text)
    {
        if (kind is TextKind.Host && what.Contains(Redactions.Host)) Host(text);
        if (kind is TextKind.CommandLine && what.Contains(Redactions.Command)) Command(text, record["comm"]?.GetValue<string>() ?? "");
        if (kind is TextKind.Person && what.Contains(Redactions.Users) && text.Trim().Length >= ShortestName && Names.Of(text.Trim()) is null) Names.Add(text.Trim(), $"person {++_people}");
        if (kind is TextKind.Path && what.Contains(Redactions.Paths) && text.Contains(' ', StringComparison.Ordinal) && PathText.Whole(text) is var file && file != text) Quoted.Add(text, file);
        if (kind is TextKind.Range && text.Split('-') is [var start, var end]) Note(TrackOf(record, type), start, end);
        if (kind is not (TextKind.Word or TextKind.Start or TextKind.End) && (what.Contains(Redactions.Users) || what.Contains(Redactions.Paths)))
            foreach (var user in PathText.Users(text)) if (Names.Of(user) is null) Names.Add(user, $"user {++_users}");
        return text;
    }

    /// <inheritdoc/>
    protected override void Range(JsonObject record, Type type, string start, string end) => Note(TrackOf(record, type), record[start]?.GetValue<string>() ?? "", record[end]?.GetValue<string>() ?? "");

    /// <inheritdoc/>
    protected override JsonObject Keys(JsonObject record, TextKind kind, JsonObject pairs)
    {
        if (kind is TextKind.Labels && what.Contains(Redactions.Labels))
            foreach (var (_, value) in pairs) if (value is JsonValue label && label.TryGetValue<string>(out var text) && IsTelling(text)) Quoted.Add(text, "…");
        return (JsonObject)pairs.DeepClone();
    }

    /// <summary>Identity of the region that a range belongs to, or null where the record names none.</summary>
    public static Guid? TrackOf(JsonObject record, Type type) =>
        record[type == typeof(RegionWire) ? "id" : "regionId"] is JsonValue id && id.TryGetValue<Guid>(out var region) && region != Guid.Empty ? region : null;

    /// <summary>An address in hex, with or without <c>0x</c>.</summary>
    public static bool IsAddress(string hex, out ulong address) =>
        ulong.TryParse(hex.StartsWith("0x", StringComparison.Ordinal) ? hex.AsSpan(2) : hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out address);

    private void Note(Guid? region, string start, string end)
    {
        if (what.Contains(Redactions.Addresses) && IsAddress(start, out var low) && IsAddress(end, out var high)) Regions.Add(region, low, high);
    }

    // The name without its domain names the machine too.
    private void Host(string host)
    {
        var name = host.Trim();
        if (name.Length == 0 || Names.Of(name) is not null) return;
        var standIn = $"host {++_hosts}";
        Names.Add(name, standIn);
        if (name.IndexOf('.', StringComparison.Ordinal) is var dot and >= ShortestName && !name[..dot].All(char.IsAsciiDigit)) Names.Add(name[..dot], standIn);
    }

    private void Command(string line, string comm)
    {
        if (line.Length >= ShortestWord && line != comm) Quoted.Add(line, "…");
        var program = true;
        foreach (var argument in line.Split([' ', '\0', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            // The program is known from its mappings; its name stays, as that of the process does.
            if (!program) foreach (var word in (string[])[argument, argument[(argument.IndexOf('=', StringComparison.Ordinal) + 1)..]]) if (IsTelling(word) && word != comm) Quoted.Add(word, "…");
            program = false;
        }
    }

    private static bool IsTelling(string word) => word.All(char.IsAsciiDigit) ? word.Length >= ShortestNumber : word.All(char.IsAsciiLetter) ? word.Length >= ShortestPlainWord : word.Length >= ShortestWord;
}
