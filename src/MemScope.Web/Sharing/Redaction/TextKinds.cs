using MemScope.Web.Wire;

namespace MemScope.Web.Sharing.Redaction;

/// <summary>The class of every text that a shared document can hold. A test walks the records and fails when one is missing here, or stands here without need.</summary>
internal static class TextKinds
{
    private static readonly Dictionary<(Type, string), TextKind> Known = [];

    static TextKinds()
    {
        Add<SharedViewWire>((TextKind.Prose, "Title"), (TextKind.Word, "Redacted"));
        Add<ShareRequestWire>((TextKind.Word, "View Source Metric Category Sort State Group OtherSource Weight Form Rule Redact"), (TextKind.Prose, "Title As Filter Is Selected Only Around At"), (TextKind.Path, "Module"));
        Add<ProcessWire>((TextKind.Host, "Host"), (TextKind.CommandLine, "CommandLine"), (TextKind.Prose, "Comm"), (TextKind.Labels, "Labels"), (TextKind.Word, "Sources"));
        Add<TrackWire>((TextKind.Word, "Source"));
        Add<AssessmentWire>((TextKind.Word, "Kind Category Certainty Rule"), (TextKind.Prose, "Summary"));
        Add<WindowWire>((TextKind.Word, "Source"));
        Add<LimitWire>((TextKind.Word, "Kind"), (TextKind.Prose, "Label Summary"));
        Add<OverviewWire>((TextKind.Prose, "Answer"), (TextKind.Word, "Metrics"));
        Add<GrowthWire>((TextKind.Word, "Key Shape"));
        Add<ChangePointWire>((TextKind.Prose, "Text"));
        Add<SnapshotWire>((TextKind.Word, "Source ByCategory"));
        Add<VmaWire>((TextKind.Start, "Start"), (TextKind.End, "End"), (TextKind.Path, "Name"), (TextKind.Word, "Perms Offset Device Category VmFlags"));
        Add<PatchedCodeWire>((TextKind.Path, "Module"), (TextKind.Word, "Way"), (TextKind.Prose, "Text"));
        Add<PatchedRangeWire>((TextKind.Start, "Start"), (TextKind.End, "End"));
        Add<OverrideWire>((TextKind.Prose, "Text Target"), (TextKind.Word, "Category ByRule"));
        Add<NoteWire>((TextKind.Prose, "Text"), (TextKind.Person, "Author"), (TextKind.Word, "Version"));
        Add<NoteEvidenceWire>((TextKind.Word, "Kind"), (TextKind.Prose, "Url Ids"));
        Add<RegionsWire>((TextKind.Word, "Next Metric Unit Metrics"), (TextKind.Prose, "Missing"));
        Add<RegionWire>((TextKind.Word, "Category Perms Shape Anchor Kind CategoryConfidence CategoryRule CategoryByRule VmFlags MappersWeight"), (TextKind.Path, "Name"), (TextKind.Start, "Start"), (TextKind.End, "End"),
            (TextKind.Prose, "CategoryReason CategoryOverride History"));
        Add<RegionPartWire>((TextKind.Start, "Start"), (TextKind.End, "End"), (TextKind.Prose, "Text"), (TextKind.Word, "Origin"));
        Add<RegionEdgesWire>((TextKind.Prose, "Text"));
        Add<RegionNeighbourWire>((TextKind.Start, "Start"), (TextKind.End, "End"), (TextKind.Path, "Name"), (TextKind.Word, "Category Perms"));
        Add<RegionChangeWire>((TextKind.Word, "Kind"), (TextKind.Prose, "Text"));
        Add<MeasuredWire>((TextKind.Word, "Shape"));
        Add<DiffWire>((TextKind.Prose, "Answer Notes"), (TextKind.Word, "Metric Metrics Group States"));
        Add<DiffProcessWire>((TextKind.Host, "Host"), (TextKind.Prose, "Comm"));
        Add<DiffRowWire>((TextKind.Word, "State Category Perms Match"), (TextKind.Path, "Name BaseNames CurrentNames"), (TextKind.Range, "BaseRange CurrentRange"), (TextKind.Prose, "Words"));
        Add<DiffGroupWire>((TextKind.Word, "Category State"), (TextKind.Path, "Name"));
        Add<DiffRestWire>((TextKind.Word, "Category"));
        Add<CompareWire>((TextKind.Prose, "Answer"));
        Add<CompareRateWire>((TextKind.Word, "Shape"));
        Add<CompareGrowthWire>((TextKind.Word, "Key"));
        Add<ProofWire>((TextKind.Word, "Verdict"), (TextKind.Prose, "Words"));
        Add<ProofRunWire>((TextKind.Prose, "Remedy"));
        Add<CallchainsWire>((TextKind.Word, "Weight Losses"), (TextKind.Prose, "Notes"));
        Add<FrameWire>((TextKind.Prose, "Function"), (TextKind.Path, "File Module"), (TextKind.Word, "BuildId Miss Role NamedBy"), (TextKind.Offset, "Offset Lookup"));
        Add<StackQualityWire>((TextKind.Word, "Kind"), (TextKind.Prose, "Words"));
        Add<MotifWire>((TextKind.Word, "Kind"), (TextKind.Prose, "Words"));
        Add<MotifTotalWire>((TextKind.Word, "Kind"), (TextKind.Prose, "Words"));
        Add<TraceStacksWire>((TextKind.Word, "Walked"), (TextKind.Prose, "Reason"));
        Add<TraceStackKindWire>((TextKind.Word, "Kind"));
        Add<ModuleWire>((TextKind.Path, "Module File"), (TextKind.Word, "BuildId State Symbols MatchedBy"), (TextKind.Prose, "Help Note Candidates Command Hints"));
        Add<TraceWire>((TextKind.Word, "Tool Clock Sureness LossesByKind"), (TextKind.Path, "FileName"), (TextKind.Prose, "Losses"));
        Add<TraceFiguresWire>((TextKind.Prose, "Notes LowerBoundReason"));
        Add<TraceCallsWire>((TextKind.Word, "Call"));
        Add<TraceThreadWire>((TextKind.Prose, "Name"));
        Add<HeapProfileWire>((TextKind.Word, "Tool Unit"), (TextKind.Prose, "Losses"), (TextKind.Path, "FileName"));
        Add<HeapCoursesWire>((TextKind.Prose, "Notes"));
        Add<HeapCourseWire>((TextKind.Word, "Tool Tie"), (TextKind.Prose, "TieWords"), (TextKind.Path, "FileName"));
        Add<ResidualWire>((TextKind.Word, "Tool"));
        Add<LedgerWire>((TextKind.Prose, "Answer Notes"));
        Add<LedgerLineWire>((TextKind.Prose, "Label SourceWords"), (TextKind.Word, "Source Category"), (TextKind.Path, "Module"));
        Add<FindingsWire>((TextKind.Prose, "Checked"));
        Add<FindingWire>((TextKind.Word, "Rule Verdict Kind Category Sources"), (TextKind.Prose, "Summary Name Title"));
        Add<FindingSiteWire>((TextKind.Prose, "Function Callchain"), (TextKind.Path, "File Module"));
        Add<SiteFrameWire>((TextKind.Prose, "Function"), (TextKind.Path, "File Module"), (TextKind.Offset, "Offset"));
        Add<EvidenceWire>((TextKind.Word, "Role State Metric Probe"), (TextKind.Prose, "Claim Figures"));
        Add<EvidenceSourceWire>((TextKind.Word, "Kind Category"), (TextKind.Prose, "Words"));
        Add<RemedyWire>((TextKind.Prose, "Title Setting Caveat Source Versions"));
        Add<HypothesisWire>((TextKind.Word, "Rule State Metric"), (TextKind.Prose, "Title Reason"));
        Add<ProbeWire>((TextKind.Word, "Slug Risk"), (TextKind.Prose, "Title Command Upload Needs Why"));
        Add<SeriesWire>((TextKind.Word, "Source Metric Unit NumberUnit Categories"), (TextKind.Prose, "Keys Titles Missing"));
        Add<CaptureWire>((TextKind.Path, "FileName"), (TextKind.Word, "Format Version Sha256"), (TextKind.Prose, "TextKept"));
        Add<DiagnosticWire>((TextKind.Word, "Id Severity"), (TextKind.Prose, "Text"), (TextKind.Path, "Member"));
        Add<MemberWire>((TextKind.Path, "Name"), (TextKind.Word, "Format"));
        Add<FiguresWire>((TextKind.Word, "Kind TimeOrigin Bytes Counts"), (TextKind.Prose, "Label"));
    }

    /// <summary>The class of a property; null when it has none.</summary>
    public static TextKind? Of(Type record, string property) => Known.TryGetValue((record, property), out var kind) ? kind : null;

    /// <summary>Everything that is classified.</summary>
    public static IReadOnlyCollection<(Type Record, string Property)> All => Known.Keys;

    private static void Add<T>(params ReadOnlySpan<(TextKind Kind, string Properties)> classes)
    {
        foreach (var (kind, properties) in classes)
            foreach (var property in properties.Split(' ')) Known.Add((typeof(T), property), kind);
    }
}
