namespace MemScope.Core.Formats.Containers;

/// <summary>
/// Tells a trace of Perfetto from other protocol buffers. A trace is a row of packets, field 1 of the file; so is the first field of a pprof profile, but that one's messages are pairs of small numbers (fields 1 and 2),
/// while a packet has fields of higher numbers: a time stamp (8), the sequence that wrote it (10), a clock snapshot (6). Source: perfetto's trace.proto and trace_packet.proto; no tool of it was at hand.
/// </summary>
internal static class PerfettoTrace
{
    private const byte PacketTag = 0x0a;
    private const int PacketsSeen = 4;

    /// <summary>Whether the file begins with such packets.</summary>
    public static bool Recognises(ReadOnlySpan<byte> head)
    {
        var (packets, hasHigh, hasBinary) = (0, false, false);
        while (!head.IsEmpty && packets < PacketsSeen)
        {
            if (head[0] != PacketTag) return false;
            head = head[1..];
            if (!TryVarint(ref head, out var length) || length == 0) return false;
            var isCut = length > (ulong)head.Length;
            var packet = isCut ? head : head[..(int)length];
            if (!TryFields(packet, isCut, ref hasHigh)) return false;
            hasBinary |= packet.IndexOfAnyInRange((byte)0, (byte)8) >= 0;
            head = isCut ? default : head[(int)length..];
            packets++;
        }
        return packets > 0 && hasHigh && hasBinary;
    }

    /// <summary>Walks the fields of a packet; false when they are none.</summary>
    private static bool TryFields(ReadOnlySpan<byte> packet, bool isCut, ref bool hasHigh)
    {
        const int pair = 2, maxField = 1000;
        while (!packet.IsEmpty)
        {
            if (!TryVarint(ref packet, out var tag)) return isCut;
            var (field, wire) = (tag >> 3, tag & 7);
            if (field is 0 or > maxField) return false;
            hasHigh |= field > pair;
            ulong skipped = 0;
            if (wire == 0 && !TryVarint(ref packet, out _)) return isCut;
            if (wire == 2 && !TryVarint(ref packet, out skipped)) return isCut;
            if (wire is 1 or 5) skipped = wire == 1 ? 8UL : 4;
            if (wire is not (0 or 1 or 2 or 5)) return false;
            if (skipped > (ulong)packet.Length) return isCut;
            packet = packet[(int)skipped..];
        }
        return true;
    }

    private static bool TryVarint(ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        const int maxBytes = 10;
        value = 0;
        for (var i = 0; i < Math.Min(bytes.Length, maxBytes); i++)
        {
            value |= (ulong)(bytes[i] & 0x7f) << (7 * i);
            if (bytes[i] >= 0x80) continue;
            bytes = bytes[(i + 1)..];
            return true;
        }
        return false;
    }
}
