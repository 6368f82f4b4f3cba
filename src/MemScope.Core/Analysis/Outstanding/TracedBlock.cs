using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Outstanding;

/// <summary>A block of the traced process that one of its traces saw being mapped and nothing saw being unmapped. Blocks of an answer have no address in common.</summary>
/// <param name="Range">Where it lies.</param>
/// <param name="Owner">Whose it is: trace and callchain.</param>
public readonly record struct TracedBlock(AddressRange Range, ChainOfTrace Owner);

/// <summary>A callchain of one of several traces.</summary>
/// <param name="Trace">Index of the trace among those asked about.</param>
/// <param name="Callchain">Index into its callchains, or -1 for events without a stack.</param>
public readonly record struct ChainOfTrace(int Trace, int Callchain);
