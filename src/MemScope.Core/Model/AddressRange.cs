namespace MemScope.Core.Model;

/// <summary>A half-open range of virtual addresses, <c>[Start, End)</c>, in bytes.</summary>
/// <remarks>Addresses are unsigned: <c>[vsyscall]</c> lies at ffffffffff600000 and overflows a signed number.</remarks>
public readonly record struct AddressRange(ulong Start, ulong End)
{
    /// <summary>Bytes covered; 0 for an empty or reversed range.</summary>
    public ulong Length => End > Start ? End - Start : 0;

    /// <summary>Whether no address lies inside.</summary>
    public bool IsEmpty => End <= Start;

    /// <summary>Bytes that both ranges cover.</summary>
    public ulong Overlap(AddressRange other) => Intersect(other).Length;

    /// <summary>The common part; empty when there is none.</summary>
    public AddressRange Intersect(AddressRange other)
    {
        var start = Math.Max(Start, other.Start);
        var end = Math.Min(End, other.End);
        return end > start ? new AddressRange(start, end) : default;
    }

    /// <summary>The range of <paramref name="length"/> bytes from <paramref name="start"/>, cut at the top of the address space.</summary>
    public static AddressRange OfLength(ulong start, ulong length) =>
        new(start, start > ulong.MaxValue - length ? ulong.MaxValue : start + length);

    /// <summary>As the kernel prints it: <c>7f1f61ddb000-7f1f62200000</c>.</summary>
    public override string ToString() => $"{Start:x8}-{End:x8}";
}
