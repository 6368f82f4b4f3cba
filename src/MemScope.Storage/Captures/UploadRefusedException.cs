namespace MemScope.Storage.Captures;

/// <summary>An upload that is well-formed but cannot be stored. Answered 422 (404 for <see cref="NoProcess"/>) with <see cref="Code"/>; the message holds the advice.</summary>
public sealed class UploadRefusedException(string code, string message) : Exception(message)
{
    /// <summary>Neither the request nor the file names a process.</summary>
    public const string NoPid = "no-pid";

    /// <summary>The sender joins it to a process that does not exist. Answered 404.</summary>
    public const string NoProcess = "no-process";

    /// <summary>The sender joins it to a process, and the file is clearly of another one.</summary>
    public const string OtherProcess = "other-process";

    /// <summary>The Idempotency-Key was used with another body.</summary>
    public const string KeyReused = "idempotency-key-reused";

    /// <summary>The file holds nothing that could be stored.</summary>
    public const string Nothing = "nothing-to-store";

    /// <summary>Stable code for the problem document: one of the constants of this class.</summary>
    public string Code { get; } = code;
}
