using MemScope.Core.Formats.Framing;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Kernel;

/// <summary>Figures of one kind, of which more lines may follow.</summary>
/// <param name="Kind">Slug of the format.</param>
/// <param name="Label">The cgroup's folder, or null.</param>
/// <param name="Time">The time line above it, or null.</param>
internal sealed record KernelBlock(string Kind, string? Label, TimeLine? Time)
{
    /// <summary>Sizes in bytes.</summary>
    public Dictionary<string, long> Bytes { get; } = new(StringComparer.Ordinal);

    /// <summary>Other numbers.</summary>
    public Dictionary<string, long> Counts { get; } = new(StringComparer.Ordinal);

    /// <summary>Keys that stand there without a number that can be kept: <c>memory.max</c> of a cgroup without limit.</summary>
    public HashSet<string> Unlimited { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether a key stands there already.</summary>
    public bool Has(string key) => Bytes.ContainsKey(key) || Counts.ContainsKey(key) || Unlimited.Contains(key);

    /// <summary>What was read.</summary>
    public SideFigures ToFigures() => new(Kind, ProcessHint.None, Bytes, Counts) { Label = Label };
}
