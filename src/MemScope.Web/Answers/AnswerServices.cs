namespace MemScope.Web.Answers;

/// <summary>Registration of the answers.</summary>
internal static class AnswerServices
{
    /// <summary>Adds them; they are stateless but for the caches they share.</summary>
    public static IServiceCollection AddAnswers(this IServiceCollection services) =>
        services.AddSingleton<Notes.NoteWriting>().AddSingleton<ProcessTracks>().AddSingleton<Assessments>().AddSingleton<TracedEvidence>().AddSingleton<HeapEvidence>().AddSingleton<CaseFiles>().AddSingleton<ProbeAnswers>().AddSingleton<FindingAnswers>().AddSingleton<RecentFindings>().AddSingleton<FindingProofs>()
            .AddSingleton<ProcessAnswers>().AddSingleton<Fleet>().AddSingleton<RegionAnswers>().AddSingleton<DiffAnswers>().AddSingleton<CompareAnswers>().AddSingleton<SnapshotTexts>().AddSingleton<TraceCache>().AddSingleton<HeapProfileCache>().AddSingleton<HeapProfileAnswers>().AddSingleton<FiguresAnswers>().AddSingleton<StackAnswers>().AddSingleton<CallForests>().AddSingleton<TimelineCache>().AddSingleton<TraceAnswers>()
            .AddSingleton<HeapCourseAnswers>().AddSingleton<LedgerAnswers>().AddSingleton<ProvenRuns>()
            .AddSingleton<Searching.StackFunctions>().AddSingleton<Searching.FunctionSearch>().AddSingleton<Searching.SearchAnswers>()
            .AddSingleton<VerdictMaker>().AddHostedService<VerdictLoop>();
}
