using System.Globalization;
using MemScope.Core.Formats;
using MemScope.Web.Api;

namespace MemScope.Web.Ingest;

/// <summary>What a sender says of an upload in the query.</summary>
/// <param name="Process">The process that it is joined to, or null: then host and pid tell.</param>
/// <param name="Host">Host name, or empty where <paramref name="Process"/> tells it.</param>
/// <param name="Pid">Process id, or null when the file tells.</param>
/// <param name="StartTicks">Field 22 of /proc/PID/stat, or null.</param>
/// <param name="StartTime">Start of the process, or null.</param>
/// <param name="BootId">/proc/sys/kernel/random/boot_id, or null.</param>
/// <param name="TakenAt">When it was taken, or null.</param>
/// <param name="TraceStart">When the first event of a trace was, or null.</param>
/// <param name="Format">Slug that overrides sniffing, or null.</param>
/// <param name="FileName">File name, or empty.</param>
/// <param name="Labels">Labels of the process.</param>
internal sealed record UploadParameters(Guid? Process, string Host, int? Pid, ulong? StartTicks, DateTimeOffset? StartTime, string? BootId, DateTimeOffset? TakenAt, DateTimeOffset? TraceStart, string? Format, string FileName,
    IReadOnlyDictionary<string, string> Labels)
{
    private const int GreatestPid = 1 << 22; // PID_MAX_LIMIT of include/linux/threads.h
    private const int LongestText = 255;
    private const int MostLabels = 32;
    private const string LabelPrefix = "label.";

    /// <summary>Names of the query, besides labels.</summary>
    public static IReadOnlyList<string> Known { get; } = ["process", "host", "pid", "startTicks", "startTime", "bootId", "takenAt", "traceStart", "format", "name"];

    /// <summary>Reads the query. A name that is not known is refused: a misspelt <c>takenAt</c> must not put a snapshot at the wrong time.</summary>
    /// <exception cref="ProblemException">400 for what cannot be read, 422 when no host is named.</exception>
    public static UploadParameters Parse(HttpRequest request)
    {
        var query = request.Query;
        foreach (var name in query.Keys)
        {
            if (!Known.Contains(name, StringComparer.OrdinalIgnoreCase) && !name.StartsWith(LabelPrefix, StringComparison.OrdinalIgnoreCase))
                throw Problems.BadParameter(Clip(name), $"unknown; known are {string.Join(", ", Known)} and label.NAME.");
        }
        var process = ProcessOf(Text(query, "process"));
        return new UploadParameters(process, HostOf(request, process), PidOf(Text(query, "pid")), StartTicksOf(Text(query, "startTicks")), TimeOf(query, "startTime"), Text(query, "bootId"),
            TimeOf(query, "takenAt"), TimeOf(query, "traceStart"), FormatOf(Text(query, "format")), FileNameOf(request), LabelsOf(query));
    }

    private static Guid? ProcessOf(string? text)
    {
        if (text is null) return null;
        return Guid.TryParseExact(text, "D", out var id) ? id : throw Problems.BadParameter("process", "the id of a process is needed, as its page's address has it behind /p/.");
    }

    private static string HostOf(HttpRequest request, Guid? process)
    {
        if (Text(request.Query, "host") is { } host) return host;
        if (process is not null) return "";
        // Whoever sends from this machine means this machine.
        if (request.HttpContext.Connection.RemoteIpAddress is { } peer && System.Net.IPAddress.IsLoopback(peer)) return "localhost";
        throw new ProblemException(StatusCodes.Status422UnprocessableEntity, "no-host", "Name the machine that the process runs on: ?host=NAME, or a process that is known: ?process=ID.");
    }

    private static int? PidOf(string? text)
    {
        if (text is null) return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && pid is > 0 and <= GreatestPid ? pid : throw Problems.BadParameter("pid", $"a number from 1 to {GreatestPid} is needed.");
    }

    private static ulong? StartTicksOf(string? text)
    {
        if (text is null) return null;
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= long.MaxValue ? ticks : throw Problems.BadParameter("startTicks", "field 22 of /proc/PID/stat is needed.");
    }

    private static DateTimeOffset? TimeOf(IQueryCollection query, string name) =>
        Text(query, name) is not { } text ? null : TimeParameter.Parse(text) ?? throw Problems.BadParameter(name, "a time is needed, ISO 8601 with zone (2026-11-21T15:42:29Z) or seconds since 1970.");

    private static string? FormatOf(string? slug)
    {
        if (slug is null || InputFormats.All.Any(f => string.Equals(f.Slug, slug, StringComparison.Ordinal))) return slug;
        throw Problems.BadParameter("format", $"known are {string.Join(", ", InputFormats.All.Select(f => f.Slug))}.");
    }

    private static string FileNameOf(HttpRequest request) => Text(request.Query, "name") ?? UploadedName.Of(request.Headers.ContentDisposition);

    private static Dictionary<string, string> LabelsOf(IQueryCollection query)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in query.Keys.Where(k => k.StartsWith(LabelPrefix, StringComparison.OrdinalIgnoreCase)))
        {
            var key = name[LabelPrefix.Length..];
            if (key.Length is 0 or > 64 || !key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/'))
                throw Problems.BadParameter(Clip(name), "a label's name has up to 64 letters, digits, '-', '_', '.' or '/'.");
            labels[key] = Text(query, name) ?? "";
        }
        return labels.Count <= MostLabels ? labels : throw new ProblemException(StatusCodes.Status400BadRequest, "bad-parameter", "Too many labels.", MostLabels, labels.Count);
    }

    private static string? Text(IQueryCollection query, string name)
    {
        var values = query[name];
        if (values.Count > 1) throw Problems.BadParameter(Clip(name), "given more than once.");
        var text = values.ToString().Trim();
        if (text.Length > LongestText) throw new ProblemException(StatusCodes.Status400BadRequest, "bad-parameter", $"{Clip(name)}: too long.", LongestText, text.Length);
        return text.Any(char.IsControl) ? throw Problems.BadParameter(Clip(name), "control characters are not taken.") : text.Length == 0 ? null : text;
    }

    private static string Clip(string name) => name.Length <= 64 ? name : name[..64] + "…";
}
