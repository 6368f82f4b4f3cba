using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Lineage;

/// <summary>
/// What a trace says of where memory came from and where it went. With both ranges: a successful mremap(2) that moved it. <see cref="From"/> empty: mapped new at <see cref="To"/>
/// (mmap). Both with one start: it grew or was cut in place. <see cref="To"/> empty: what an earlier record of the same trace had put at <see cref="From"/> was unmapped or mapped over.
/// </summary>
/// <param name="TimeNs">Start of the call in the trace's clock, nanoseconds.</param>
/// <param name="At">Its wall time (UTC), or null where nothing ties the trace's clock to it closely enough: then addresses and order decide.</param>
/// <param name="From">Where the memory lay.</param>
/// <param name="To">Where it lies after the call.</param>
public readonly record struct TracedMove(long TimeNs, DateTimeOffset? At, AddressRange From, AddressRange To);
