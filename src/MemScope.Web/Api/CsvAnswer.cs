using System.Globalization;
using System.Text;

namespace MemScope.Web.Api;

/// <summary>
/// A table as CSV (RFC 4180). Texts that a spreadsheet would run as a formula get a leading <c>'</c> (OWASP, CSV injection), unless the client asks for them as they are with <c>?raw=1</c>.
/// </summary>
internal sealed class CsvAnswer(string name, IReadOnlyList<string> columns, IEnumerable<object?[]> rows) : IResult
{
    private const int FlushChars = 32 << 10;
    private static readonly UTF8Encoding Encoding = new(encoderShouldEmitUTF8Identifier: false);

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        var raw = httpContext.Request.Text("raw") is "1";
        response.ContentType = "text/csv; charset=utf-8";
        response.Headers.ContentDisposition = $"attachment; filename=\"{name}.csv\"";
        var text = new StringBuilder();
        AppendRow(text, [.. columns], raw); // heads of columns may be names of mappings
        foreach (var row in rows)
        {
            AppendRow(text, row, raw);
            if (text.Length < FlushChars) continue;
            await response.Body.WriteAsync(Encoding.GetBytes(text.ToString()), httpContext.RequestAborted);
            text.Clear();
        }
        await response.Body.WriteAsync(Encoding.GetBytes(text.ToString()), httpContext.RequestAborted);
    }

    private static void AppendRow(StringBuilder text, object?[] row, bool raw)
    {
        for (var i = 0; i < row.Length; i++)
        {
            if (i > 0) text.Append(',');
            text.Append(Cell(row[i], raw));
        }
        text.Append("\r\n");
    }

    /// <summary>One cell. Numbers stay as they are; what is not known is empty.</summary>
    internal static string Cell(object? value, bool raw) => value switch
    {
        null => "",
        string text => Quote(raw ? text : Defuse(text)),
        double number => double.IsFinite(number) ? number.ToString("R", CultureInfo.InvariantCulture) : "",
        DateTimeOffset time => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => Quote(Defuse(value.ToString() ?? "")),
    };

    private static string Defuse(string text) => text is ['=' or '+' or '-' or '@' or '\t' or '\r' or '\n', ..] ? "'" + text : text;

    private static string Quote(string text) => text.AsSpan().ContainsAny(",\"\r\n") || text is [' ', ..] or [.., ' '] ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
