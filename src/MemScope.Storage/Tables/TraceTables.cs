namespace MemScope.Storage.Tables;

/// <summary>A trace in figures; its events are in <see cref="TraceBlockTable"/> rows.</summary>
[Sharded]
internal sealed class TraceTable
{
    public Guid ProcessId { get; set; }
    public Guid TraceId { get; set; }
    public Guid UploadId { get; set; }
    public Guid CaptureId { get; set; }
    public string FileName { get; set; } = "";
    public string Tool { get; set; } = "";
    public short Clock { get; set; }
    public int Events { get; set; }
    public int Callchains { get; set; }
    public long? FromNs { get; set; }
    public long? ToNs { get; set; }

    /// <summary>Wall time of the earliest event as the sender or the file told it, for a clock that is not wall time.</summary>
    public DateTimeOffset? AnchorAt { get; set; }

    /// <summary>Who told it (ClockAnchorOrigin), null with <see cref="AnchorAt"/> and in rows from before this was kept: then it was the upload's takenAt.</summary>
    public short? AnchorOrigin { get; set; }

    /// <summary>How far it may be off, milliseconds; 0 is exact, null a guess.</summary>
    public long? AnchorWithinMs { get; set; }

    /// <summary>jsonb: the losses.</summary>
    public string Losses { get; set; } = "[]";
    public short Codec { get; set; }
    public DateTimeOffset ReceivedAt { get; set; }
}

/// <summary>A successful mremap that moved a mapping: proof of what snapshots can only suggest. Addresses are stored as the signed number of the same bits.</summary>
[Sharded]
internal sealed class TraceMoveTable
{
    public Guid ProcessId { get; set; }
    public Guid TraceId { get; set; }

    /// <summary>Order in the trace.</summary>
    public int Ordinal { get; set; }

    /// <summary>Time on the trace's clock.</summary>
    public long TimeNs { get; set; }

    /// <summary>Wall time, where the trace's clock is tied to it.</summary>
    public DateTimeOffset? At { get; set; }
    public long OldStart { get; set; }
    public long OldEnd { get; set; }
    public long NewStart { get; set; }
    public long NewEnd { get; set; }
}

/// <summary>A part of a trace as <see cref="Traces.TraceCodec"/> writes it, 1 MiB each.</summary>
[Sharded]
internal sealed class TraceBlockTable
{
    public Guid ProcessId { get; set; }
    public Guid TraceId { get; set; }
    public int Part { get; set; }
    public byte[] Data { get; set; } = [];
}
