using System.Text.Json.Serialization;
using MemScope.Core.Analysis.Callchains;

namespace MemScope.Web.Wire;

/// <summary>One frame, symbolized as far as possible.</summary>
/// <param name="Function">Demangled name, or null when not known: then <see cref="Module"/> + <see cref="Offset"/> is shown.</param>
/// <param name="File">Source file, or null.</param>
/// <param name="Line">Source line, or null.</param>
/// <param name="Module">Path of the module, or null.</param>
/// <param name="BuildId">Hex build id of the module, or null.</param>
/// <param name="Offset">Hex address inside the module (link address), or null.</param>
/// <param name="Inlined">Whether it is inlined into the next frame.</param>
/// <param name="Miss">Why there is no name: <c>unmapped</c>, <c>no-module</c>, <c>no-symbols</c>, <c>unknown-address</c>, <c>malformed</c>, <c>unsupported</c>; null when there is one.</param>
public sealed record FrameWire(string? Function, string? File, int? Line, string? Module, string? BuildId, string? Offset, bool Inlined, string? Miss)
{
    /// <summary>A frame is probably missing between this one and its caller (the wrapper sets up no frame pointer).</summary>
    public bool GapAfter { get; init; }

    /// <summary>What the function does with memory, as its name says: <c>maps</c>, <c>releases</c>; null for all others.</summary>
    public string? Role => FrameRoles.Of(Function) switch { FrameRole.Maps => "maps", FrameRole.Releases => "releases", _ => null };

    /// <summary>Where the name comes from: <c>tracer</c>, <c>perf map</c>, <c>symbols</c>, <c>symbols (matched by file name)</c>; null without a name.</summary>
    public string? NamedBy { get; init; }

    /// <summary>By what it is looked up in the files of its module, whenever one arrives: <c>file 0x3185</c> (offset), <c>link 0x3185</c> (address) or <c>printed 0x3185</c> (either); null when it cannot be.</summary>
    public string? Lookup { get; init; }

    /// <summary>Whether a better name, or its source line, is being looked up: the next answer may have it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Pending { get; init; }
}

/// <summary>A callchain with its weight. Frames leaf first.</summary>
public sealed record CallchainWire(long Bytes, long Count, IReadOnlyList<FrameWire> Frames)
{
    /// <summary>Outstanding bytes at the trace's end; of a heap profile, live bytes.</summary>
    public long OutstandingBytes { get; init; }

    /// <summary>Bytes mapped over the trace; of a heap profile, allocated since the beginning.</summary>
    public long MappedBytes { get; init; }

    /// <summary>Outstanding bytes that the window's last snapshot says are in RAM, or null without a snapshot.</summary>
    public long? ResidentBytes { get; init; }

    /// <summary>Calls that mapped; of a heap profile, live blocks.</summary>
    public long Calls { get; init; }

    /// <summary>Of a comparison (<c>base=</c>) or of weight <c>growth</c>: the weight in the base, or at the window's first snapshot; <see cref="Bytes"/> is the difference. Else null.</summary>
    public long? BaseBytes { get; init; }

    /// <summary>How much the stack can be relied on.</summary>
    public StackQualityWire? Quality { get; init; }

    /// <summary>Patterns in it that say something about who maps memory; empty for calls that map nothing, and for heap profiles.</summary>
    public IReadOnlyList<MotifWire> Motifs { get; init; } = [];
}

/// <summary>By whom the growth of resident memory between two snapshots was mapped. The four parts add up to it; each may be negative.</summary>
/// <param name="FromNumber">First snapshot.</param>
/// <param name="ToNumber">Last snapshot.</param>
/// <param name="RssBytes">Growth of the process, or of the region or category asked for.</param>
/// <param name="TracedBytes">In memory whose callchain a trace saw.</param>
/// <param name="BeforeTraceBytes">In memory that was mapped already when the first snapshot was taken: its pages came into RAM, or left it.</param>
/// <param name="NotSeenBytes">In memory mapped since then that no trace saw: between the traces, or lost by them.</param>
public sealed record GrowthByStackWire(int FromNumber, int ToNumber, long RssBytes, long TracedBytes, long BeforeTraceBytes, long NotSeenBytes);

/// <summary>Callchains that an answer leaves out, because it has too many: the lightest.</summary>
/// <param name="Count">How many.</param>
/// <param name="Bytes">What they weigh together, in the unit of the items' <c>bytes</c>.</param>
public sealed record OmittedCallchainsWire(int Count, long Bytes);

/// <summary>Symbol state of a module that occurs in the callchains.</summary>
/// <param name="Module">Path.</param>
/// <param name="BuildId">Hex build id, or null when not known.</param>
/// <param name="State"><c>symbols</c>, <c>names from the tracer</c>, <c>missing</c>.</param>
/// <param name="Frames">Distinct frames in it.</param>
/// <param name="Help">What to upload to get names, or empty.</param>
public sealed record ModuleWire(string Module, string? BuildId, string State, int Frames, string Help)
{
    /// <summary>
    /// What its files tell: <c>lines</c> (functions, source lines, inlined calls), <c>functions</c>, <c>mini</c> (functions of a compressed table), <c>exported</c> (exported functions only: a name may
    /// be a neighbour's), <c>tool-missing</c> (there are lines, but neither addr2line nor llvm-symbolizer is installed), <c>pending</c> (being read or fetched), <c>malformed</c>, <c>missing</c>.
    /// </summary>
    public string Symbols { get; init; } = "missing";

    /// <summary>Frames of it without a name.</summary>
    public int Unnamed { get; init; }

    /// <summary>Frames of it whose names or lines are being looked up.</summary>
    public int Pending { get; init; }

    /// <summary>Name of the file that names come from, or null.</summary>
    public string? File { get; init; }

    /// <summary>How it was found: <c>build-id</c> or <c>file-name</c>; null without a file.</summary>
    public string? MatchedBy { get; init; }

    /// <summary>What is wrong, or what a debuginfod server answered; null as a rule.</summary>
    public string? Note { get; init; }

    /// <summary>Where the missing file usually lies on the host of the process, the best first; empty when nothing is missing.</summary>
    public IReadOnlyList<string> Candidates { get; init; } = [];

    /// <summary>The upload as a command; SERVER stands for this server's address. Null when nothing is missing.</summary>
    public string? Command { get; init; }

    /// <summary>How to get the file where it is not installed, as commands.</summary>
    public IReadOnlyList<string> Hints { get; init; } = [];
}

/// <summary>Who mapped it: callchains by weight.</summary>
/// <param name="Weight"><c>outstanding</c>, <c>resident</c>, <c>mapped</c>, <c>calls</c>, <c>live</c>, <c>growth</c>.</param>
/// <param name="TotalBytes">Sum of the items and of what is omitted (calls for weight calls).</param>
/// <param name="Coverage">Share of the process' growth during the trace that its outstanding bytes explain, 0 to 1, or null when not known.</param>
/// <param name="Losses">Kind of loss to count.</param>
/// <param name="Items">Heaviest first.</param>
public sealed record CallchainsWire(string Weight, long TotalBytes, double? Coverage, IReadOnlyDictionary<string, long> Losses, IReadOnlyList<CallchainWire> Items)
{
    /// <summary>The trace or heap profile that weights are compared with, or null.</summary>
    public Guid? Base { get; init; }

    /// <summary>What does not stand among the items; null when all stand there.</summary>
    public OmittedCallchainsWire? Omitted { get; init; }

    /// <summary>The traces it was computed from.</summary>
    public IReadOnlyList<TraceWire> Traces { get; init; } = [];

    /// <summary>Of weight <c>growth</c>: how the growth of the window splits; null for other weights or where no snapshot tells.</summary>
    public GrowthByStackWire? Growth { get; init; }

    /// <summary>The heap profiles of the process, newest first.</summary>
    public IReadOnlyList<HeapProfileWire> HeapProfiles { get; init; } = [];

    /// <summary>The one that weight <c>live</c> was computed from, or null.</summary>
    public Guid? HeapProfile { get; init; }

    /// <summary>How good the stacks are, by trace.</summary>
    public IReadOnlyList<TraceStacksWire> StackQuality { get; init; } = [];

    /// <summary>Motifs over all callchains that mapped memory, heaviest first.</summary>
    public IReadOnlyList<MotifTotalWire> Motifs { get; init; } = [];

    /// <summary>Modules with their symbol state.</summary>
    public IReadOnlyList<ModuleWire> Modules { get; init; } = [];

    /// <summary>Distinct frames whose names or lines are being looked up: ask again. 0 when all is known that can be.</summary>
    public int PendingFrames => Modules.Sum(m => m.Pending);

    /// <summary>What a reader must know: losses, missing results, an empty trace.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
