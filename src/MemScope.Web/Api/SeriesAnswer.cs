using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using MemScope.Web.Wire;

namespace MemScope.Web.Api;

/// <summary>
/// Columns for a chart as little-endian doubles without framing: the times (milliseconds since 1970), the snapshot numbers, then one column per key. The header <c>X-Points</c> tells the
/// length of a column, <c>X-Keys</c> the keys in their order. NaN marks a point where a series does not exist.
/// </summary>
internal sealed class SeriesAnswer(SeriesWire series) : IResult
{
    /// <summary>The form that the client wants.</summary>
    public static IResult Of(HttpRequest request, SeriesWire series, string name) => request.Wanted(Representation.Json, Representation.Csv, Representation.Binary) switch
    {
        Representation.Binary => new SeriesAnswer(series),
        Representation.Csv => new CsvAnswer(name, ["time", series.NumberUnit == "ms" ? "milliseconds" : "number", .. series.Keys.Select((key, i) => key == series.Titles[i] ? key : $"{series.Titles[i]} ({key})")], Rows(series)),
        _ => Results.Json(series),
    };

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "application/octet-stream";
        response.Headers["X-Points"] = series.UnixMs.Length.ToString(CultureInfo.InvariantCulture);
        response.Headers["X-Keys"] = string.Join(',', series.Keys);
        response.ContentLength = 8L * series.UnixMs.Length * (series.Keys.Count + 2);
        await WriteAsync(series.UnixMs);
        await WriteAsync([.. series.Numbers.Select(n => (double)n)]);
        foreach (var column in series.Values) await WriteAsync(column);

        ValueTask WriteAsync(double[] column) => response.Body.WriteAsync(LittleEndian(column), httpContext.RequestAborted);
    }

    private static byte[] LittleEndian(double[] column)
    {
        var bytes = MemoryMarshal.AsBytes(column.AsSpan()).ToArray();
        if (!BitConverter.IsLittleEndian)
        {
            for (var i = 0; i < column.Length; i++) BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(i * 8), column[i]);
        }
        return bytes;
    }

    private static IEnumerable<object?[]> Rows(SeriesWire series)
    {
        for (var i = 0; i < series.UnixMs.Length; i++)
        {
            var row = new object?[series.Keys.Count + 2];
            (row[0], row[1]) = (series.IsRelative ? null : DateTimeOffset.UnixEpoch.AddMilliseconds(series.UnixMs[i]), series.Numbers[i]);
            for (var key = 0; key < series.Keys.Count; key++) row[key + 2] = series.Values[key][i];
            yield return row;
        }
    }
}
