namespace MemScope.Storage.Tables;

/// <summary>A file's bytes, named by their digest, with what the parser said of them.</summary>
internal sealed class CaptureTable
{
    public Guid CaptureId { get; set; }
    public string Project { get; set; } = "";
    public byte[] Sha256 { get; set; } = [];
    public string Format { get; set; } = "";
    public string Version { get; set; } = "";
    public string FileName { get; set; } = "";
    public long DecodedBytes { get; set; }

    /// <summary>Bytes in the chunks, gzip.</summary>
    public long StoredBytes { get; set; }
    public int Snapshots { get; set; }
    public int Events { get; set; }

    /// <summary>jsonb: what else is in it, and its members, as <see cref="Queries.CaptureContentsRow"/>.</summary>
    public string Contents { get; set; } = "{}";

    /// <summary>jsonb: the parse diagnostics.</summary>
    public string Report { get; set; } = "[]";
    public DateTimeOffset ReceivedAt { get; set; }

    /// <summary>When the text was deleted because the store gives it back number for number; null while the chunks are there.</summary>
    public DateTimeOffset? TextDroppedAt { get; set; }

    /// <summary>Why the text stays although its time is over: what the store would not give back. Null while nobody has looked, or when it was dropped.</summary>
    public string? TextKept { get; set; }

    /// <summary>Whether somebody asked to keep the text for good.</summary>
    public bool Pinned { get; set; }
}

/// <summary>A part of a capture's gzip stream, 1 MiB each.</summary>
internal sealed class CaptureChunkTable
{
    public Guid CaptureId { get; set; }
    public int Part { get; set; }
    public byte[] Data { get; set; } = [];
}

/// <summary>A capture shown to a process: the same bytes at another time are another upload.</summary>
[Sharded]
internal sealed class UploadTable
{
    public Guid ProcessId { get; set; }
    public Guid UploadId { get; set; }
    public Guid CaptureId { get; set; }

    /// <summary>What makes a repeat a repeat: empty for times inside the file, <c>t:…</c> a takenAt, <c>k:…</c> an Idempotency-Key, <c>u:…</c> this upload alone.</summary>
    public string Occasion { get; set; } = "";

    /// <summary>Place of the process in the file.</summary>
    public short Position { get; set; }
    public int Snapshots { get; set; }
    public DateTimeOffset ReceivedAt { get; set; }
}

/// <summary>An Idempotency-Key and the upload that it stands for.</summary>
internal sealed class IdempotencyKeyTable
{
    public string Project { get; set; } = "";
    public byte[] KeySha256 { get; set; } = [];

    /// <summary>Digest of body and query: the same key with another request is refused.</summary>
    public byte[] RequestSha256 { get; set; } = [];
    public Guid CaptureId { get; set; }
    public Guid[] ProcessIds { get; set; } = [];
    public DateTimeOffset ReceivedAt { get; set; }
}
