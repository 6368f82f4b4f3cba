namespace MemScope.Core;

/// <summary>Every cap of the product in one place. A request that goes over one is answered 413 with the limit's name and value.</summary>
public sealed record Limits
{
    /// <summary>The defaults, which the documentation states.</summary>
    public static Limits Default { get; } = new();

    /// <summary>Bytes of an upload as sent, still compressed: 2 GiB.</summary>
    public long UploadBytes { get; init; } = 2L << 30;

    /// <summary>Bytes of one snapshot, of which a file may hold many, or of one document that is read as a whole: 512 MiB.</summary>
    public long SnapshotBytes { get; init; } = 512L << 20;

    /// <summary>Lines of one snapshot or document.</summary>
    public int SnapshotLines { get; init; } = 2_000_000;

    /// <summary>Bytes of a decoded archive or trace in all: 16 GiB.</summary>
    public long DecodedBytes { get; init; } = 16L << 30;

    /// <summary>Decoded bytes per compressed byte, applied after <see cref="RatioFreeBytes"/>.</summary>
    public int DecodeRatio { get; init; } = 200;

    /// <summary>Decoded bytes before the ratio is looked at: 1 MiB.</summary>
    public long RatioFreeBytes { get; init; } = 1L << 20;

    /// <summary>Containers inside containers.</summary>
    public int ContainerDepth { get; init; } = 3;

    /// <summary>Members of an archive.</summary>
    public int ArchiveMembers { get; init; } = 100_000;

    /// <summary>Bytes of a line; a longer one is skipped and reported.</summary>
    public int LineBytes { get; init; } = 64 << 10;

    /// <summary>Bytes of a line of JSON: 16 MiB. A map of bpftrace with many stacks is one line.</summary>
    public int JsonLineBytes { get; init; } = 16 << 20;

    /// <summary>Bytes of a mapping's name; a longer one is cut and reported.</summary>
    public int NameBytes { get; init; } = 4096;

    /// <summary>Frames of a callchain; deeper ones are cut and reported.</summary>
    public int CallchainFrames { get; init; } = 1000;

    /// <summary>Moves and lasting mappings of a trace that are kept for lineage; further ones are left out and reported.</summary>
    public int TraceMoves { get; init; } = 100_000;

    /// <summary>Pieces of mappings that a replay moves or protects in all, by calls that meet more than 64 at once: 1 million. Further ones are not followed, and the answer says so.</summary>
    public long ReplayPieces { get; init; } = 1_000_000;

    /// <summary>Bytes of a symbol file: 2 GiB.</summary>
    public long SymbolFileBytes { get; init; } = 2L << 30;

    /// <summary>Milliseconds that an answer waits for names and source lines; frames that have none by then are marked, are looked up in the background and stand in the next answer.</summary>
    public int NamingWaitMs { get; init; } = 5000;

    /// <summary>Addresses that wait for their source lines at once, over all answers; further ones are asked for by the next answer.</summary>
    public int NamingQueue { get; init; } = 500_000;

    /// <summary>Addresses whose source lines are kept in memory; beyond it those of the files used longest ago are read from the database again.</summary>
    public int NamedAddresses { get; init; } = 1_000_000;

    /// <summary>Memory of one track (the snapshots of a process from one source): 1 GiB, which is tens of thousands of snapshots of thousands of mappings. Beyond it the earliest are left out, and answers say so.</summary>
    public long TrackBytes { get; init; } = 1L << 30;

    /// <summary>Memory of all tracks that are kept for the next question: 1 GiB.</summary>
    public long TrackCacheBytes { get; init; } = 1L << 30;

    /// <summary>Rows of a page of a list.</summary>
    public int PageRows { get; init; } = 1000;

    /// <summary>Callchains that an answer of the API spells out, heaviest first; the rest is told in sum. Pages and exports have them all.</summary>
    public int CallchainsInAnswer { get; init; } = 10_000;

    /// <summary>Frames of all callchains that an answer of the API spells out: stacks may be a thousand frames deep.</summary>
    public int FramesInAnswer { get; init; } = 500_000;

    /// <summary>Callchains that a share keeps, heaviest first; the rest is told in sum.</summary>
    public int CallchainsInShare { get; init; } = 1000;

    /// <summary>Frames of all callchains that a share keeps.</summary>
    public int FramesInShare { get; init; } = 50_000;

    /// <summary>Memory of the trees of callchains that are kept for the next click: 256 MiB. The one that was looked at last is kept in any case.</summary>
    public long CallTreeBytes { get; init; } = 256L << 20;

    /// <summary>Days that a share lives unless its sender says otherwise.</summary>
    public int ShareDays { get; init; } = 90;

    /// <summary>Pages that are open at once: each has a circuit. Of the connections that the server upgrades, 500, the rest is left to programs that watch.</summary>
    public int Circuits { get; init; } = 400;

    /// <summary>Pages that are open at once after one sign-in. Where nobody signs in there is one user, and only <see cref="Circuits"/> counts.</summary>
    public int CircuitsOfSession { get; init; } = 20;

    /// <summary>Characters of a note.</summary>
    public int NoteCharacters { get; init; } = 4000;

    /// <summary>Notes of a process.</summary>
    public int NotesOfProcess { get; init; } = 1000;
}
