using System.Globalization;

namespace MemScope.Core.Formats.Containers;

/// <summary>
/// What the path of a file in an archive tells: <c>smaps/0001_1795189259.005.txt</c> is the first of a series, taken at that Unix time;
/// <c>proc/4711/smaps</c> is of that process.
/// </summary>
/// <param name="Number">Number in the series, or null.</param>
/// <param name="TakenAt">Time (UTC), or null.</param>
/// <param name="Pid">Process id, or null.</param>
/// <param name="Folder">The folder above the file's own, so that two series side by side stay apart.</param>
internal sealed record MemberName(int? Number, DateTimeOffset? TakenAt, int? Pid, string Folder)
{
    public static MemberName None { get; } = new(null, null, null, "");

    /// <summary>Process id in the name that the tool gave the file (<see cref="ToolFileName"/>), or null.</summary>
    public int? FilePid { get; init; }

    public static MemberName Parse(string? path)
    {
        if (string.IsNullOrEmpty(path)) return None;
        var parts = path.Split('/', '\\');
        var folder = parts.Length > 2 ? string.Join('/', parts[..^2]) : "";
        int? pid = parts.Length > 1 && int.TryParse(parts[^2], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        var (series, at) = Series(parts[^1]);
        return new MemberName(series, at, pid, folder);
    }

    private static (int? Number, DateTimeOffset? TakenAt) Series(string file)
    {
        var bar = file.IndexOf('_', StringComparison.Ordinal);
        if (bar <= 0 || !int.TryParse(file.AsSpan(0, bar), NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return default;
        var time = file.AsSpan(bar + 1);
        var end = 0;
        while (end < time.Length && (char.IsAsciiDigit(time[end]) || (time[end] == '.' && end + 1 < time.Length && char.IsAsciiDigit(time[end + 1])))) end++;
        var cursor = new Text.ByteCursor(System.Text.Encoding.ASCII.GetBytes(time[..end].ToString()));
        return Framing.TimeText.TryRead(ref cursor, out var at, out _) && cursor.IsAtEnd ? (number, at) : (number, null);
    }
}
