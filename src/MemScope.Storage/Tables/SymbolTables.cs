namespace MemScope.Storage.Tables;

/// <summary>An ELF or debug file, uploaded or fetched.</summary>
internal sealed class SymbolFileTable
{
    public Guid SymbolFileId { get; set; }
    public string Project { get; set; } = "";
    public string BuildId { get; set; } = "";
    public byte[] Sha256 { get; set; } = [];
    public string FileName { get; set; } = "";
    public string Kind { get; set; } = "";
    public long Bytes { get; set; }
    public int Functions { get; set; }
    public bool HasLines { get; set; }
    public DateTimeOffset ReceivedAt { get; set; }

    /// <summary>Where it came from: 0 an upload, 1 a debuginfod server.</summary>
    public short Origin { get; set; }

    /// <summary>How good its names are (<see cref="Symbols.SymbolQuality"/>); 0 in rows of before this was kept.</summary>
    public short Quality { get; set; }

    /// <summary>Version of the reader that said so; another version looks again.</summary>
    public int ReaderVersion { get; set; }

    /// <summary>What is wrong with it although it was taken, a sentence; null as a rule.</summary>
    public string? Problem { get; set; }
}

/// <summary>A part of a symbol file's gzip stream, 1 MiB each.</summary>
internal sealed class SymbolFileChunkTable
{
    public Guid SymbolFileId { get; set; }
    public int Part { get; set; }
    public byte[] Data { get; set; } = [];
}

/// <summary>That a reader refused these bytes: the same bytes need not be read again by the same version.</summary>
internal sealed class SymbolVerdictTable
{
    public byte[] Sha256 { get; set; } = [];
    public int ReaderVersion { get; set; }

    /// <summary>Code of the refusal as the API tells it.</summary>
    public string Problem { get; set; } = "";

    /// <summary>Status of the HTTP answer.</summary>
    public short Status { get; set; }

    /// <summary>The sentence that was answered.</summary>
    public string Text { get; set; } = "";
    public DateTimeOffset At { get; set; }
}

/// <summary>What a tool said of one address of one file. Derived: deleted with the file, and told anew by the next question.</summary>
internal sealed class SymbolLinesTable
{
    public byte[] FileSha256 { get; set; } = [];

    /// <summary>Tool and form of the answer; another tool is asked again.</summary>
    public string Tool { get; set; } = "";

    /// <summary>Link address, as the signed number of the same bits.</summary>
    public long Address { get; set; }

    /// <summary>UTF-8 JSON, not jsonb: a hostile name may hold \u0000.</summary>
    public byte[] Frames { get; set; } = [];
    public DateTimeOffset At { get; set; }
}

/// <summary>What the debuginfod servers answered when they had no file.</summary>
internal sealed class DebuginfodAnswerTable
{
    public string BuildId { get; set; } = "";

    /// <summary><c>debuginfo</c> or <c>executable</c>.</summary>
    public string Kind { get; set; } = "";

    /// <summary>The servers that were asked; others may know more.</summary>
    public string Servers { get; set; } = "";

    /// <summary>Outcome (<see cref="Symbols.DebuginfodOutcome"/>).</summary>
    public short Status { get; set; }

    /// <summary>The outcome as a sentence.</summary>
    public string Text { get; set; } = "";
    public DateTimeOffset At { get; set; }
}

/// <summary>A module that callchains of a trace or heap profile lie in, with how much stands behind its frames. Derived: counted anew by another version of the count.</summary>
[Sharded]
internal sealed class StackModuleTable
{
    public Guid ProcessId { get; set; }

    /// <summary>Id of the trace or heap profile.</summary>
    public Guid StacksId { get; set; }

    /// <summary>0 is for frames without a module, and says that the stacks have been counted.</summary>
    public int Ordinal { get; set; }

    /// <summary>Path as the tracer or maps printed it, clipped; empty for <see cref="Ordinal"/> 0.</summary>
    public string Module { get; set; } = "";

    /// <summary>Build id in hex where it is known.</summary>
    public string? BuildId { get; set; }

    /// <summary>Distinct frames in it.</summary>
    public int Frames { get; set; }

    /// <summary>Those of them for which the tool printed no name.</summary>
    public int Nameless { get; set; }

    /// <summary>Bytes that callchains with a nameless frame in it mapped or hold.</summary>
    public long NamelessBytes { get; set; }

    /// <summary>Version of the count.</summary>
    public short Survey { get; set; }
    public DateTimeOffset ReceivedAt { get; set; }
}

/// <summary>Names of code that has no file: what a runtime wrote into <c>/tmp/perf-PID.map</c>.</summary>
[Sharded]
internal sealed class CodeMapTable
{
    public Guid ProcessId { get; set; }
    public Guid CodeMapId { get; set; }
    public Guid CaptureId { get; set; }
    public DateTimeOffset ReceivedAt { get; set; }
    public short Codec { get; set; }
    public byte[] Data { get; set; } = [];
}
