namespace MemScope.Core.Analysis.Probes;

/// <summary>The native memory that the JVM counts itself.</summary>
internal static class JcmdProbe
{
    /// <summary>The probe.</summary>
    public static ProbeKind Kind { get; } = new("jcmd-nmt", t => ProbeParts.HasModule(t, "libjvm.so"), Make);

    private static Probe Make(ProbeTarget target)
    {
        var file = ProbeParts.File(target, Kind.Slug);
        return new(Kind.Slug, "Native memory of the JVM by category", $"jcmd {ProbeParts.Pid(target)} VM.native_memory summary scale=b > {file}", ProbeParts.Upload(target, file, "jvm-nmt"),
            "The JVM stops at a safepoint for some milliseconds and adds up its counters. The counting itself costs 5 to 10 % and must be on from the start.")
        {
            Needs = ["jcmd of the same JDK", "the process's own user", "the JVM was started with -XX:NativeMemoryTracking=summary"],
            Why = "libjvm is in this process. What the JVM counts and RSS has beyond it part the JVM's own memory from that of libraries.",
        };
    }
}
