namespace MemScope.Core.Analysis.Callchains;

/// <summary>What is known of a frame once it was named: all that the quality and the motifs of a stack rest on.</summary>
/// <param name="Function">Name as shown, or null.</param>
/// <param name="Module">Path or name of the module, or null.</param>
public readonly record struct NamedFrame(string? Function, string? Module)
{
    /// <summary>Whether it was inlined into the next one: it has no frame of its own.</summary>
    public bool Inlined { get; init; }

    /// <summary>Whether the name is only the tool's nearest symbol, and too far away to be believed.</summary>
    public bool IsDoubtful { get; init; }
}
