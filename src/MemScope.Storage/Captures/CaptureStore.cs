namespace MemScope.Storage.Captures;

/// <summary>Stores uploads. One upload is one transaction; when the task completes it is committed.</summary>
public sealed class CaptureStore
{
    /// <summary>Stores an upload, or recognises it as a repeat.</summary>
    /// <exception cref="UploadRefusedException">It cannot be stored.</exception>
    /// <exception cref="Npgsql.NpgsqlException">The database does not answer (503 with Retry-After).</exception>
    public Task<StoredUpload> StoreAsync(CaptureUpload upload, CancellationToken cancel) => throw new NotSupportedException();
}
