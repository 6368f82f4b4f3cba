namespace MemScope.Symbols.Elf;

/// <summary>How a tracer meant the number in <c>module(symbol+off) [number]</c>.</summary>
public enum TracerOffsetKind : byte
{
    /// <summary>Offset in the module's file (strace with libunwind).</summary>
    FileOffset,
    /// <summary>Link address (strace with libdw).</summary>
    LinkAddress,
}

/// <summary>A tracer's number, read.</summary>
/// <param name="LinkAddress">The link address; of a caller's frame the return address, so take one byte off before looking it up.</param>
/// <param name="Kind">How the number was read.</param>
/// <param name="IsCertain">Whether both readings agree, or the printed symbol fits only this one.</param>
public readonly record struct TracerAddress(ulong LinkAddress, TracerOffsetKind Kind, bool IsCertain);
