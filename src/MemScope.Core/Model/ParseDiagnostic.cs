namespace MemScope.Core.Model;

/// <summary>How much a diagnostic matters.</summary>
public enum Severity : byte
{
    /// <summary>Worth knowing; nothing is missing.</summary>
    Info,
    /// <summary>Something was skipped or looks wrong; the rest was kept.</summary>
    Warning,
    /// <summary>A block or the whole file could not be used.</summary>
    Error,
}

/// <summary>A finding of a parser about its input.</summary>
/// <param name="Id">Stable id such as <c>SMAPS001</c>, explained in docs/formats.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Line">Line in the decoded file from 1, or 0 when it concerns the whole file.</param>
/// <param name="Text">One sentence with a clipped quote of the input where that helps.</param>
public sealed record ParseDiagnostic(string Id, Severity Severity, int Line, string Text)
{
    /// <summary>Archive member that it concerns, or null.</summary>
    public string? Member { get; init; }

    /// <summary>How many it stands for: above 1 in the line "and N more" that stands for those over the cap.</summary>
    public int Count { get; init; } = 1;
}
