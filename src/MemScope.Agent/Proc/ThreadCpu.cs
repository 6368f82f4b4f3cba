using System.Runtime.InteropServices;

namespace MemScope.Agent.Proc;

/// <summary>CPU time of the calling thread, user and kernel (clock_gettime(2), CLOCK_THREAD_CPUTIME_ID): what reading from /proc costs is spent inside read(2).</summary>
internal static partial class ThreadCpu
{
    private const int ThreadCpuTimeClock = 3;

    /// <summary>Used so far.</summary>
    public static TimeSpan Used =>
        GetTime(ThreadCpuTimeClock, out var time) == 0 ? TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromTicks(time.Nanoseconds / 100) : TimeSpan.Zero;

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeSpec
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }
}
