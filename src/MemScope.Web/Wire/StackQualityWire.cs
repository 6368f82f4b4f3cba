namespace MemScope.Web.Wire;

/// <summary>How much a stack can be relied on.</summary>
/// <param name="Kind"><c>complete</c>, <c>gap</c>, <c>cut</c>, <c>unresolved</c>, <c>bypass</c>, <c>none</c>; docs/stacks.md explains them.</param>
/// <param name="Score">0 (says nothing) to 100 (says all).</param>
/// <param name="Words">Why.</param>
public sealed record StackQualityWire(string Kind, int Score, string Words);

/// <summary>A pattern in a stack that says something about who maps memory: evidence, no finding.</summary>
/// <param name="Kind"><c>map-beneath-release</c>, <c>raw-syscall</c>, <c>inline-syscall</c>, <c>map-in-signal-handler</c>.</param>
/// <param name="Words">What it means, with the functions' names.</param>
/// <param name="Frames">Indices of the frames that it rests on, the leaf is 0.</param>
public sealed record MotifWire(string Kind, string Words, IReadOnlyList<int> Frames);

/// <summary>How good the stacks of a trace are in all.</summary>
/// <param name="Trace">The trace.</param>
/// <param name="Walked">How the tool walked: <c>frame-pointers</c>, <c>tables</c>, <c>unknown</c>.</param>
/// <param name="Reason">What tells.</param>
/// <param name="Kinds">Kinds of stacks that occur, best first.</param>
public sealed record TraceStacksWire(Guid Trace, string Walked, string Reason, IReadOnlyList<TraceStackKindWire> Kinds);

/// <summary>What stacks of one kind weigh.</summary>
/// <param name="Kind">As in <see cref="StackQualityWire"/>.</param>
/// <param name="Stacks">Distinct ones.</param>
/// <param name="Calls">Calls that mapped with them.</param>
/// <param name="Bytes">Bytes that those mapped.</param>
/// <param name="CallShare">Share of the trace's calls, 0 to 1; null without calls.</param>
/// <param name="ByteShare">Share of the bytes that it mapped; null without bytes.</param>
public sealed record TraceStackKindWire(string Kind, int Stacks, long Calls, long Bytes, double? CallShare, double? ByteShare);

/// <summary>A motif over all callchains of an answer.</summary>
/// <param name="Kind">As in <see cref="MotifWire"/>.</param>
/// <param name="Words">Of the heaviest stack.</param>
/// <param name="Stacks">Distinct stacks with it.</param>
/// <param name="Calls">Calls that mapped with them.</param>
/// <param name="Bytes">Bytes that those mapped.</param>
public sealed record MotifTotalWire(string Kind, string Words, int Stacks, long Calls, long Bytes);
