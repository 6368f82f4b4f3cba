using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Callchains;

/// <summary>
/// Where a frame lies, in terms that outlive its process: module, build id, and a number that the module's file understands. The number lies <b>inside</b> the instruction that called, whatever the
/// tool printed: it can be looked up as it is, and the same call seen by two tools is the same value.
/// </summary>
public sealed record PlacedFrame
{
    /// <summary>Path of the module, <c>[vdso]</c>, <see cref="Jit"/>; or null when it is not known.</summary>
    public string? Module { get; init; }

    /// <summary>Build id of the module in hex, where the trace or an upload beside it tells; else null.</summary>
    public string? BuildId { get; init; }

    /// <summary>What <see cref="Address"/> is: of <see cref="FrameAddressKind.InModule"/> the symbol table of the module decides between file offset and link address.</summary>
    public FrameAddressKind Kind { get; init; }

    /// <summary>An address inside the calling instruction, or of the instruction itself where the leaf stood.</summary>
    public ulong Address { get; init; }

    /// <summary>Function as printed, or null.</summary>
    public string? Function { get; init; }

    /// <summary>Bytes from the function's start as printed to <see cref="Address"/> (not to a return address), or null.</summary>
    public ulong? FunctionOffset { get; init; }

    /// <summary>Source file as printed, or null.</summary>
    public string? File { get; init; }

    /// <summary>Line in <see cref="File"/>, or null.</summary>
    public int? Line { get; init; }

    /// <summary>Whether the tool marked the frame as inlined into the next one.</summary>
    public bool Inlined { get; init; }

    /// <summary>Where <see cref="Function"/> comes from: <c>tracer</c>, <c>perf map</c>; null without a name.</summary>
    public string? NamedBy { get; init; }

    /// <summary>Whether the place is certain: the module's file can be asked without a guess.</summary>
    public bool IsCertain => Kind is FrameAddressKind.FileOffset or FrameAddressKind.LinkAddress;

    /// <summary>Module of code that a JIT compiler wrote.</summary>
    public const string Jit = "[jit]";
}
