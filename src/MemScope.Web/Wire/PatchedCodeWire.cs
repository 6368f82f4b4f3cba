namespace MemScope.Web.Wire;

/// <summary>A module whose code was changed in memory. Evidence, not a fault.</summary>
/// <param name="Module">The file.</param>
/// <param name="Way"><c>mprotect</c>: made writable by the process itself, as hooks do; <c>outside</c>: by a debugger's breakpoint or a uprobe.</param>
/// <param name="Bytes">How much of it.</param>
/// <param name="SinceNumber">Number of the first snapshot that shows it.</param>
/// <param name="Since">Its time.</param>
/// <param name="Ranges">The mappings that hold changed pages.</param>
/// <param name="Text">In words.</param>
public sealed record PatchedCodeWire(string Module, string Way, long Bytes, int SinceNumber, DateTimeOffset Since, IReadOnlyList<PatchedRangeWire> Ranges, string Text);

/// <summary>A mapping that holds changed code.</summary>
/// <param name="RegionId">Its region.</param>
/// <param name="Start">First address, hex.</param>
/// <param name="End">First address behind, hex.</param>
public sealed record PatchedRangeWire(Guid RegionId, string Start, string End);
