using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Callchains;

/// <summary>What stacks of one kind weigh.</summary>
/// <param name="Kind">How good they are.</param>
/// <param name="Stacks">Distinct ones.</param>
/// <param name="Calls">Calls that have them.</param>
/// <param name="Bytes">Bytes that those mapped.</param>
public sealed record StackQualityShare(StackQualityKind Kind, int Stacks, long Calls, long Bytes);

/// <summary>How good the stacks of a trace are in all: by kind, weighed by calls and by bytes.</summary>
/// <param name="Unwinding">How they were walked, and what tells.</param>
/// <param name="Shares">Kinds that occur, best first.</param>
public sealed record StackQualities(Unwinding Unwinding, IReadOnlyList<StackQualityShare> Shares)
{
    /// <summary>All calls.</summary>
    public long Calls => Shares.SumOf(s => s.Calls);

    /// <summary>All bytes.</summary>
    public long Bytes => Shares.SumOf(s => s.Bytes);

    /// <summary>Adds up the stacks of a trace.</summary>
    public static StackQualities Of(Unwinding unwinding, IEnumerable<(StackQualityKind Kind, long Calls, long Bytes)> stacks) => new(unwinding,
        [.. stacks.GroupBy(s => s.Kind).OrderBy(g => g.Key).Select(g => new StackQualityShare(g.Key, g.Count(), g.SumOf(s => s.Calls), g.SumOf(s => s.Bytes)))]);
}
