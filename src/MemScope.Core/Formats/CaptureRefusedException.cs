namespace MemScope.Core.Formats;

/// <summary>Why a file was refused; decides the HTTP status.</summary>
public enum CaptureRefusal : byte
{
    /// <summary>Over a limit: 413.</summary>
    TooLarge,
    /// <summary>A compressed stream that is cut off or damaged: 400.</summary>
    BadEncoding,
    /// <summary>A known format in which nothing could be read: 422.</summary>
    Unreadable,
    /// <summary>A format or packing that is not read: 415.</summary>
    Unsupported,
    /// <summary>No bytes: 422.</summary>
    Empty,
}

/// <summary>A file that cannot be taken. The only exception that <see cref="CaptureReader"/> throws about its input; parsers never throw it.</summary>
public sealed class CaptureRefusedException : Exception
{
    /// <summary>A refusal.</summary>
    /// <param name="kind">Class of the reason.</param>
    /// <param name="code">Stable name of the reason: <c>gzip-truncated</c>.</param>
    /// <param name="advice">What is wrong and what to do about it, for people.</param>
    /// <param name="limit">The limit that was passed, if any.</param>
    /// <param name="actual">The value that passed it, as far as it was counted.</param>
    public CaptureRefusedException(CaptureRefusal kind, string code, string advice, long? limit = null, long? actual = null)
        : base(advice) => (Kind, Code, Limit, Actual) = (kind, code, limit, actual);

    /// <summary>Class of the reason.</summary>
    public CaptureRefusal Kind { get; }

    /// <summary>Stable name of the reason.</summary>
    public string Code { get; }

    /// <summary>The limit that was passed.</summary>
    public long? Limit { get; }

    /// <summary>What passed it.</summary>
    public long? Actual { get; }
}
