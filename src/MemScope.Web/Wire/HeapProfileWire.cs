namespace MemScope.Web.Wire;

/// <summary>A heap profile in a list.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Tool">Slug of the format: <c>heaptrack</c>, <c>massif</c> …</param>
/// <param name="Unit">What its weights count: <c>bytes</c>, <c>count</c>, <c>nanoseconds</c> or <c>unknown</c>.</param>
/// <param name="TakenAt">Time of its last dump.</param>
/// <param name="Dumps">Moments that it holds.</param>
/// <param name="Callchains">Distinct callchains.</param>
/// <param name="LiveBytes">Live bytes of the last dump, or null when the tool does not say.</param>
/// <param name="PeakBytes">Greatest live bytes, or null.</param>
/// <param name="Losses">What the profiler lost or left out, in sentences.</param>
/// <param name="CaptureId">The file it came in.</param>
/// <param name="FileName">The name of that file, or empty.</param>
public sealed record HeapProfileWire(Guid Id, string Tool, string Unit, DateTimeOffset TakenAt, int Dumps, int Callchains, long? LiveBytes, long? PeakBytes, IReadOnlyList<string> Losses,
    Guid CaptureId, string FileName);
