namespace MemScope.Web.Wire;

/// <summary>What is known of a build id.</summary>
/// <param name="BuildId">Hex.</param>
/// <param name="Files">Files stored for it, best first.</param>
public sealed record SymbolsWire(string BuildId, IReadOnlyList<SymbolFileWire> Files);

/// <summary>A stored symbol file.</summary>
public sealed record SymbolFileWire(Guid Id, string FileName, string Kind, long Bytes, int Functions, bool HasLines, DateTimeOffset ReceivedAt)
{
    /// <summary>What it tells: <c>lines</c>, <c>functions</c>, <c>mini</c>, <c>exported</c>, <c>none</c>; <c>unknown</c> while nobody has looked.</summary>
    public string Quality { get; init; } = "unknown";

    /// <summary>What is wrong with it although it was taken; null as a rule. Such a file comes behind those that are as good.</summary>
    public string? Problem { get; init; }

    /// <summary>Where it came from: <c>upload</c> or <c>debuginfod</c>.</summary>
    public string Origin { get; init; } = "upload";

    /// <summary>SHA-256 of its content, hex.</summary>
    public string Sha256 { get; init; } = "";
}

/// <summary>A module whose frames tools left without names, over all processes.</summary>
/// <param name="Module">Path.</param>
/// <param name="BuildId">Hex build id, or null when not known.</param>
/// <param name="Symbols">What its files tell now, in the words of the modules of callchains.</param>
/// <param name="Frames">Frames in it, counted per trace and heap profile.</param>
/// <param name="Nameless">Those of them for which the tool printed no name.</param>
/// <param name="Bytes">Bytes that callchains with such a frame mapped or hold.</param>
/// <param name="Processes">Processes that it was seen in.</param>
public sealed record ModuleNeedWire(string Module, string? BuildId, string Symbols, long Frames, long Nameless, long Bytes, long Processes)
{
    /// <summary>Name of the file that names come from, or null.</summary>
    public string? File { get; init; }

    /// <summary>What is wrong, or what a debuginfod server answered; null as a rule.</summary>
    public string? Note { get; init; }

    /// <summary>Where the file usually lies on the host of the process, the best first.</summary>
    public IReadOnlyList<string> Candidates { get; init; } = [];

    /// <summary>The upload as a command; SERVER stands for this server's address.</summary>
    public string? Command { get; init; }

    /// <summary>How to get the file where it is not installed, as commands.</summary>
    public IReadOnlyList<string> Hints { get; init; } = [];
}
