using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MemScope.Core;
using MemScope.Core.Formats;

namespace MemScope.EndToEnd.Tests.Hostile;

/// <summary>
/// Writes payloads into captures: reads a real one, looks up in its text each string that its parser found, and puts payloads in the place of all of them. A field that holds fewer strings than
/// there are payloads takes several into each, so that every payload stands in every field.
/// </summary>
internal static class Planting
{
    /// <summary>Behind these the rest of a line is lost, so they come last in their string.</summary>
    private static readonly char[] s_ends = ['\n', '\r', '\0'];
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

    /// <summary>A capture with payloads in all its strings.</summary>
    /// <param name="format">The format, and the fields.</param>
    /// <param name="capture">A real capture of it.</param>
    /// <param name="keeps">Strings that stay, or null.</param>
    public static byte[] Plant(HostileFormat format, byte[] capture, Func<string, bool>? keeps = null)
    {
        var text = Encoding.UTF8.GetString(capture);
        if (format.Writing == Writing.Csv) text = Quoted(text);
        var words = Words(format, capture, text, keeps);
        if (words.Count == 0) return capture;
        if (format.Writing == Writing.Protobuf)
        {
            var table = new Turns(words.Values.CountBy(k => k).ToDictionary());
            return PprofStrings.Replace(capture, word => words.TryGetValue(word, out var kind) ? table.Next(kind, word) : null);
        }
        var any = string.Join('|', words.Keys.OrderByDescending(w => w.Length).ThenBy(w => w, StringComparer.Ordinal).Select(Regex.Escape));
        var places = new Regex(format.Writing == Writing.Sized ? $@"(?<=\s)[0-9a-f]+ (?<word>{any})(?=\s)|(?<=^X )(?<word>{any})$" : $@"(?<![\w.\-/])(?<word>{any})(?![\w\-])", RegexOptions.Multiline | RegexOptions.CultureInvariant, s_limit);
        var turns = new Turns(places.Matches(text).CountBy(m => words[m.Groups["word"].Value]).ToDictionary());
        return Payloads.Bytes(places.Replace(text, m => Replacement(format.Writing, m, turns.Next(words[m.Groups["word"].Value], m.Groups["word"].Value))));
    }

    /// <summary>Reads a capture as an upload is read.</summary>
    public static ParsedCapture Read(HostileFormat format, byte[] capture) => CaptureReader.Parse(new MemoryStream(capture), null, format.Slug, Limits.Default);

    /// <summary>Every string of the fields as the text has it: of a path that the parser put together its two parts.</summary>
    private static Dictionary<string, FieldKind> Words(HostileFormat format, byte[] capture, string text, Func<string, bool>? keeps)
    {
        var words = new Dictionary<string, FieldKind>(StringComparer.Ordinal);
        foreach (var (kind, found) in ModelStrings.Of(Read(format, capture)).Where(s => format.Fields.Contains(s.Kind) && keeps?.Invoke(s.Text) is not true).Distinct())
        {
            var written = Write(format.Writing, found);
            foreach (var word in text.Contains(written, StringComparison.Ordinal) || format.Writing == Writing.Protobuf ? [written] : written.Split('/', 2) is [_, _] && written.LastIndexOf('/') is > 0 and var at ? new[] { written[..at], written[(at + 1)..] } : [])
                if (word.Length > 1 && !word.All(c => char.IsAsciiDigit(c) || c is '.')) words.TryAdd(word, kind);
        }
        return words;
    }

    /// <summary>Deals the payloads out, field by field: one for each place, or several where a field has fewer places.</summary>
    private sealed class Turns(IReadOnlyDictionary<FieldKind, int> places)
    {
        private readonly Dictionary<FieldKind, int> _dealt = [];

        /// <summary>What comes in the place of a string. A path stays one: many parsers know it by its first slash.</summary>
        public string Next(FieldKind kind, string word)
        {
            var place = _dealt[kind] = _dealt.GetValueOrDefault(kind, -1) + 1;
            var each = Math.Max(1, (Payloads.All.Count + places[kind] - 1) / places[kind]);
            return (word[0] == '/' ? "/" : "") + string.Join(' ', Enumerable.Range(place * each, each).Select(i => Payloads.All[i % Payloads.All.Count]).OrderBy(p => p.AsSpan().ContainsAny(s_ends)));
        }
    }

    private static string Replacement(Writing writing, Match match, string payload)
    {
        // A cell without quotes ends at the next comma.
        var written = writing == Writing.Csv && match.Index > 0 && match.Result("$`")[^1] == '\n' ? string.Concat(payload.Where(c => c is not (',' or '"' or '\n' or '\r'))) : Write(writing, payload);
        return writing == Writing.Sized && char.IsAsciiHexDigit(match.Value[0]) ? string.Create(CultureInfo.InvariantCulture, $"{Payloads.Bytes(written).Length:x} {written}") : written;
    }

    private static string Write(Writing writing, string text) => writing switch
    {
        Writing.Proc => text.Replace("\n", "\\012", StringComparison.Ordinal),
        Writing.Json => string.Concat(text.Select(c => c is '"' or '\\' ? "\\" + c : c < ' ' || char.IsLowSurrogate(c) && c <= '\udcff' ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}") : c.ToString())),
        Writing.Xml => System.Security.SecurityElement.Escape(string.Concat(text.Select(c => c is < ' ' and not '\t' ? ' ' : c))),
        Writing.Csv => text.Replace("\"", "\"\"", StringComparison.Ordinal),
        Writing.Sized => text.Replace('\n', ' ').Replace('\r', ' '),
        _ => text,
    };

    /// <summary>CSV with quotes around every cell.</summary>
    private static string Quoted(string csv) => string.Join('\n', csv.ReplaceLineEndings("\n").Split('\n').Select((line, i) => i == 0 || line.Length == 0 ? line : Regex.Replace(line, "\"(?:[^\"]|\"\")*\"|[^,\"]*[;(][^,\"]*", m => m.Value[0] == '"' ? m.Value : $"\"{m.Value}\"", RegexOptions.CultureInvariant, s_limit)));
}
