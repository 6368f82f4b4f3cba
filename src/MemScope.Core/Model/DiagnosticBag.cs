using System.Globalization;
using System.Text;

namespace MemScope.Core.Model;

/// <summary>Collects diagnostics with a cap per id, so that a broken file of a million lines gives a short report that still counts everything.</summary>
internal sealed class DiagnosticBag(int perId = 10)
{
    private const int QuoteLength = 80;
    private readonly List<ParseDiagnostic> _kept = [];
    private readonly Dictionary<string, Seen> _counts = new(StringComparer.Ordinal);

    /// <summary>Adds one, or only counts it when its id has been reported often enough.</summary>
    public void Add(string id, Severity severity, int line, string text) => Add(new ParseDiagnostic(id, severity, line, text));

    /// <summary>Adds one, or only counts it when its id has been reported often enough.</summary>
    public void Add(ParseDiagnostic diagnostic)
    {
        var before = CountOf(diagnostic.Id);
        _counts[diagnostic.Id] = new Seen(before + diagnostic.Count, diagnostic.Severity);
        if (diagnostic.Count == 1 && before < perId) _kept.Add(diagnostic);
    }

    /// <summary>Adds one with a quote of the input behind its text; the quote is made only when it will be kept.</summary>
    public void Add(string id, Severity severity, int line, string text, ReadOnlySpan<byte> quoted) =>
        Add(id, severity, line, CountOf(id) < perId ? text + ": " + Quote(quoted) : text);

    /// <summary>Adds what another bag holds, with its counts; of an id that both hold, all that the other kept.</summary>
    public void AddAll(DiagnosticBag other)
    {
        _kept.AddRange(other._kept);
        foreach (var (id, seen) in other._counts) _counts[id] = new Seen(CountOf(id) + seen.Count, seen.Severity);
    }

    /// <summary>How often an id was reported, counted beyond the cap.</summary>
    public int CountOf(string id) => _counts.TryGetValue(id, out var seen) ? seen.Count : 0;

    /// <summary>What was kept, with one line "and N more" per id that went over the cap.</summary>
    public IReadOnlyList<ParseDiagnostic> ToList()
    {
        if (_counts.Count == 0) return [];
        var kept = _kept.CountBy(d => d.Id).ToDictionary(StringComparer.Ordinal);
        return
        [
            .. _kept,
            .. from c in _counts
               let more = c.Value.Count - kept.GetValueOrDefault(c.Key)
               where more > 0
               select new ParseDiagnostic(c.Key, c.Value.Severity, 0, $"and {more} more of {c.Key}") { Count = more },
        ];
    }

    /// <summary>A printable, clipped quote of input bytes: control and non-ASCII bytes stand as <c>\xNN</c>.</summary>
    public static string Quote(ReadOnlySpan<byte> line)
    {
        var text = new StringBuilder(QuoteLength + 8).Append('"');
        foreach (var b in line[..Math.Min(line.Length, QuoteLength)])
        {
            if (b is >= 0x20 and < 0x7f) text.Append((char)b);
            else text.Append(CultureInfo.InvariantCulture, $"\\x{b:x2}");
        }
        return text.Append(line.Length > QuoteLength ? "…\"" : "\"").ToString();
    }

    private sealed record Seen(int Count, Severity Severity);
}
