namespace MemScope.Core.Model;

/// <summary>A function that a JIT compiler wrote into memory.</summary>
/// <param name="Range">Where.</param>
/// <param name="Name">Its name as printed.</param>
public readonly record struct PerfMapEntry(AddressRange Range, string Name);

/// <summary>The names that a JIT gives its code: /tmp/perf-PID.map. A later entry overrides an earlier one that it overlaps, for addresses are used again.</summary>
/// <param name="Process">The process, by the file's name.</param>
/// <param name="Entries">In the order of the file.</param>
public sealed record PerfMap(ProcessHint Process, IReadOnlyList<PerfMapEntry> Entries);
