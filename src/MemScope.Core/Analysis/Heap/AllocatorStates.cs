using MemScope.Core.Analysis.Findings;

namespace MemScope.Core.Analysis.Heap;

/// <summary>Reads what allocators say of themselves out of the figures beside the snapshots.</summary>
public static class AllocatorStates
{
    /// <summary>The states that figures tell, oldest first; several figures of one moment (an arena each) give one.</summary>
    public static IReadOnlyList<AllocatorState> Of(IReadOnlyList<SideFacts> figures)
    {
        ArgumentNullException.ThrowIfNull(figures);
        return [];
    }
}
