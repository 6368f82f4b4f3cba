namespace MemScope.Core.Formats.Pprof;

/// <summary>Profiles in pprof's own form, bare; gzip is taken off before.</summary>
internal static class PprofFormat
{
    private const int LastField = 15;

    /// <summary>The entry of the registry.</summary>
    public static InputFormat Format { get; } = new("pprof", "pprof profile.proto", "curl http://host:6060/debug/pprof/heap > heap.pb.gz", Sniff, PprofParser.Parse) { Family = FormatFamily.HeapProfiles };

    // Wire types of the fields 1 to 15: V varint, B bytes, E either (packed or not).
    private static ReadOnlySpan<byte> OfProfile => "BBBBBBVVVVBVEVV"u8;

    private static ReadOnlySpan<byte> OfValueType => "VV"u8;

    private static ReadOnlySpan<byte> OfSample => "EEB"u8;

    private static ReadOnlySpan<byte> OfMapping => "VVVVVVVVVV"u8;

    private static ReadOnlySpan<byte> OfLocation => "VVVBV"u8;

    private static ReadOnlySpan<byte> OfFunction => "VVVVV"u8;

    /// <summary>
    /// Every field up to the end of what is looked at is one of a profile, written as one is, and so are the fields of its messages. A perfetto trace is a list of fields 1 too, but
    /// what is in them is no value type.
    /// </summary>
    private static bool Sniff(ReadOnlySpan<byte> head)
    {
        bool sawType = false, sawSample = false, sawString = false;
        var fields = new ProtoFields(head);
        while (fields.Next())
        {
            if (!Fits(OfProfile, fields)) return false;
            if (fields.Field == 6 && !sawString && !fields.Payload.IsEmpty) return false;
            if (fields.Wire == ProtoWire.Bytes && !IsMessage(fields.Field, fields.Payload)) return false;
            sawType |= fields.Field is 1 or 11;
            sawSample |= fields.Field == 2;
            sawString |= fields.Field == 6;
        }
        // A profile without strings has no names of its types; where the head ends before them, samples must do.
        return sawType && (fields.IsBroken ? fields.IsCut && (sawString || sawSample) : sawString);
    }

    private static bool IsMessage(int field, ReadOnlySpan<byte> message) => field switch
    {
        1 or 11 => Is(OfValueType, message),
        2 => Is(OfSample, message),
        3 => Is(OfMapping, message),
        4 => Is(OfLocation, message),
        5 => Is(OfFunction, message),
        _ => true,
    };

    private static bool Is(ReadOnlySpan<byte> layout, ReadOnlySpan<byte> message)
    {
        var fields = new ProtoFields(message);
        while (fields.Next())
            if (!Fits(layout, fields)) return false;
        return !fields.IsBroken;
    }

    /// <summary>Whether a field has the wire type of its number; fields behind the known ones may be of a later version.</summary>
    private static bool Fits(ReadOnlySpan<byte> layout, scoped ProtoFields field)
    {
        if (field.Field > layout.Length) return field.Field <= LastField;
        return layout[field.Field - 1] switch
        {
            (byte)'V' => field.Wire == ProtoWire.Varint,
            (byte)'B' => field.Wire == ProtoWire.Bytes,
            _ => field.Wire is ProtoWire.Varint or ProtoWire.Bytes,
        };
    }
}
