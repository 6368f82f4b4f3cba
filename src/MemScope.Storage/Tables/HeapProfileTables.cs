namespace MemScope.Storage.Tables;

/// <summary>A heap profile in figures; its callchains are in <see cref="HeapProfileBlockTable"/> rows.</summary>
[Sharded]
internal sealed class HeapProfileTable
{
    public Guid ProcessId { get; set; }
    public Guid HeapProfileId { get; set; }
    public Guid UploadId { get; set; }
    public Guid CaptureId { get; set; }
    public string FileName { get; set; } = "";
    public string Tool { get; set; } = "";
    public short Unit { get; set; }
    public short Clock { get; set; }
    public int Dumps { get; set; }
    public int Callchains { get; set; }

    /// <summary>Time of the last dump.</summary>
    public DateTimeOffset TakenAt { get; set; }
    public short TimeOrigin { get; set; }

    /// <summary>Live bytes of the last dump; null when the tool does not say.</summary>
    public long? LiveBytes { get; set; }
    public long? PeakBytes { get; set; }

    /// <summary>jsonb: the losses.</summary>
    public string Losses { get; set; } = "[]";
    public short Codec { get; set; }
    public DateTimeOffset ReceivedAt { get; set; }
}

/// <summary>A part of a heap profile as <see cref="HeapProfiles.HeapProfileCodec"/> writes it, 1 MiB each.</summary>
[Sharded]
internal sealed class HeapProfileBlockTable
{
    public Guid ProcessId { get; set; }
    public Guid HeapProfileId { get; set; }
    public int Part { get; set; }
    public byte[] Data { get; set; } = [];
}
