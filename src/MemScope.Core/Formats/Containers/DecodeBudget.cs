namespace MemScope.Core.Formats.Containers;

/// <summary>Counts what one upload unpacks to, over all its layers, and refuses it before it costs much.</summary>
internal sealed class DecodeBudget(Limits limits)
{
    private long _decoded;

    /// <summary>Bytes of the upload read so far, as sent.</summary>
    public long Received { get; set; }

    /// <summary>Adds decompressed bytes of any layer; throws when there are too many in all, or too many for what was received.</summary>
    public void AddDecoded(int count)
    {
        _decoded += count;
        if (_decoded > limits.DecodedBytes)
            throw new CaptureRefusedException(CaptureRefusal.TooLarge, "decoded-bytes", "The file unpacks to more than is read of one upload. Send it in parts.", limits.DecodedBytes, _decoded);
        if (_decoded > limits.RatioFreeBytes && _decoded > limits.DecodeRatio * Math.Max(Received, 1))
            throw new CaptureRefusedException(CaptureRefusal.TooLarge, "decode-ratio",
                "The file unpacks to implausibly many bytes for its size. Send it uncompressed if it really is a capture.", limits.DecodeRatio, _decoded / Math.Max(Received, 1));
    }
}
