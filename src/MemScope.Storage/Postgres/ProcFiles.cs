using System.Globalization;
using System.Text;

namespace MemScope.Storage.Postgres;

/// <summary>What /proc says of other processes (proc(5)).</summary>
internal static class ProcFiles
{
    /// <summary>Whether a process of that id exists and is not a zombie.</summary>
    public static bool IsAlive(int pid) => State(pid) is { } state && state is not ('Z' or 'X');

    /// <summary>Arguments, empty when they cannot be read.</summary>
    public static IReadOnlyList<string> CommandLine(int pid) => Strings(pid, "cmdline");

    /// <summary>This process as <c>pid:start ticks</c>.</summary>
    public static string Self => $"{Environment.ProcessId}:{StartTicks(Environment.ProcessId)}";

    /// <summary>Whether the process that started the server <paramref name="pid"/> has ended. False when it is not known to be MemScope's.</summary>
    public static bool IsOrphan(int pid)
    {
        const string Prefix = PostgresFolder.OwnerVariable + "=";
        var owner = Strings(pid, "environ").FirstOrDefault(s => s.StartsWith(Prefix, StringComparison.Ordinal))?[Prefix.Length..].Split(':');
        return owner is [var id, var ticks] && int.TryParse(id, CultureInfo.InvariantCulture, out var parent) && (!IsAlive(parent) || !string.Equals(StartTicks(parent), ticks, StringComparison.Ordinal));
    }

    private static string? StartTicks(int pid) => Fields(pid) is { Length: > 19 } fields ? fields[19] : null;

    private static char? State(int pid) => Fields(pid) is [{ Length: > 0 } state, ..] ? state[0] : null;

    /// <summary>Fields of stat from the third on: the second is in parentheses and may hold anything.</summary>
    private static string[] Fields(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string[] Strings(int pid, string file)
    {
        try { return Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{pid}/{file}")).Split('\0', StringSplitOptions.RemoveEmptyEntries); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return []; }
    }
}
