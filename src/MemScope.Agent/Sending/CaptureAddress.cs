using System.Globalization;
using System.Text;
using MemScope.Agent.Proc;

namespace MemScope.Agent.Sending;

/// <summary>Composes the address that a capture is posted to.</summary>
internal static class CaptureAddress
{
    /// <summary>With the parameters that have a value.</summary>
    public static string Of(IEnumerable<(string Name, string? Value)> parameters)
    {
        var address = new StringBuilder("api/v1/captures");
        var separator = '?';
        foreach (var (name, value) in parameters)
        {
            if (string.IsNullOrEmpty(value)) continue;
            address.Append(separator).Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }
        return address.ToString();
    }

    /// <summary>For a snapshot of a process on this machine: it is told apart by boot id and start ticks, so a pid used again is another process.</summary>
    public static string Of(TargetProcess target, string host, ProcSnapshot snapshot, IEnumerable<(string Name, string? Value)> labels) => Of(
    [
        ("host", host),
        ("pid", target.Pid.ToString(CultureInfo.InvariantCulture)),
        ("bootId", target.BootId),
        ("startTicks", target.StartTicks.ToString(CultureInfo.InvariantCulture)),
        ("startTime", Iso(target.StartTime)),
        ("takenAt", Iso(snapshot.TakenAt)),
        .. labels,
    ]);

    private static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
