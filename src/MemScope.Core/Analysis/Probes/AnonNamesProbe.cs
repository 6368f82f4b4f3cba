namespace MemScope.Core.Analysis.Probes;

/// <summary>Names for memory that has none.</summary>
internal static class AnonNamesProbe
{
    /// <summary>The probe.</summary>
    public static ProbeKind Kind { get; } = new("anon-names", ProbeParts.MayHaveGlibc, Make);

    private static Probe Make(ProbeTarget target) =>
        new(Kind.Slug, "Names of glibc for its own memory, in each snapshot",
            $"""
            # memory of your own: prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, start, length, "name")
            GLIBC_TUNABLES=glibc.mem.decorate_maps=1 {ProbeParts.YourProgram} &
            memscope agent watch {WatchProbe.Arguments(target, "$!")} --label run=anon-names
            """,
            "",
            "Starts the program anew. glibc makes a system call more for each mapping that it makes; memory is used as before.")
        {
            Needs = ["glibc 2.39 or later", "a kernel with CONFIG_ANON_VMA_NAME (5.17 or later)", "the agent", "a restart"],
            Why = "Arenas, thread stacks and malloc's blocks then say what they are, and what is left without a name is not glibc's.",
        };
}
