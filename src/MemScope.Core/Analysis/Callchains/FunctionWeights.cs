namespace MemScope.Core.Analysis.Callchains;

/// <summary>What a function weighs over all chains.</summary>
/// <param name="Self">Chains that end in it.</param>
/// <param name="SelfBase">The same in the base of a comparison.</param>
/// <param name="Total">Chains through it; one in which it stands twice counts once.</param>
/// <param name="TotalBase">The same in the base.</param>
public readonly record struct FunctionWeights(long Self, long SelfBase, long Total, long TotalBase);
