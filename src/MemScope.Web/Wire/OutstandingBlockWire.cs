namespace MemScope.Web.Wire;

/// <summary>A block that a trace saw mapped and not unmapped. Of several processes' blocks the pid tells whose they are.</summary>
/// <param name="Start">First address, hex.</param>
/// <param name="End">First address behind it, hex.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Pid">Process, 0 when the tool prints none.</param>
/// <param name="Tid">Thread that mapped it, 0 when the tool prints none.</param>
/// <param name="MappedAtNs">When, in the trace's clock, nanoseconds.</param>
/// <param name="MappedAt">When, in wall time; null where the clock is not tied to it.</param>
/// <param name="IsReserve">Whether it is PROT_NONE: no page can stand behind it.</param>
/// <param name="Site">The frame that asked for it, past libc's wrappers; null when the event came without a stack.</param>
public sealed record OutstandingBlockWire(string Start, string End, long Bytes, int Pid, int Tid, long MappedAtNs, DateTimeOffset? MappedAt, bool IsReserve, FrameWire? Site);
