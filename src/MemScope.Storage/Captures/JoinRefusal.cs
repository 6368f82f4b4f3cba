using System.Globalization;

namespace MemScope.Storage.Captures;

/// <summary>Why an upload cannot be joined to the process that its sender names, and what to do.</summary>
internal static class JoinRefusal
{
    private const int MostPids = 5;

    /// <summary>The process is not there, or no more.</summary>
    public static UploadRefusedException NoProcess(Guid process) =>
        new(UploadRefusedException.NoProcess, $"There is no process {process}. Leave process= out and name the process by ?host=NAME&pid=PID: a new one begins where none is known.");

    /// <summary>The file names processes, and the one that it is joined to is not among them.</summary>
    public static UploadRefusedException OtherPid(JoinedProcess into, IReadOnlyList<int> inFile)
    {
        var named = string.Join(", ", inFile.Take(MostPids)) + (inFile.Count > MostPids ? " …" : "");
        var advice = inFile.Count == 1 ? string.Create(CultureInfo.InvariantCulture, $"If it is the same process, seen from another pid namespace, add &pid={into.Pid}; else leave") : "Leave";
        return new(UploadRefusedException.OtherProcess, string.Create(CultureInfo.InvariantCulture, $"The file is of pid {named}, and process {into.Id} is pid {into.Pid} on {into.Host}. {advice} process= out."));
    }

    /// <summary>The file shows another incarnation of the pid: another start, boot, or load addresses that the kernel chose anew at exec.</summary>
    public static UploadRefusedException OtherIncarnation(JoinedProcess into) =>
        new(UploadRefusedException.OtherProcess, string.Create(CultureInfo.InvariantCulture,
            $"The file is of pid {into.Pid}, but of another start of it than process {into.Id}: boot id, start ticks or load addresses differ. Leave process= out, and it joins or begins the process that it shows."));
}
