using System.Security.Cryptography;
using Npgsql;

namespace MemScope.Storage.Captures;

/// <summary>Recognises an upload that was stored before.</summary>
internal static class RepeatDetection
{
    /// <summary>What an upload became when it first came.</summary>
    internal sealed record Earlier(Guid CaptureId, IReadOnlyList<Guid> ProcessIds);

    /// <summary>The earlier upload that this one repeats, or null.</summary>
    /// <exception cref="UploadRefusedException">Its Idempotency-Key stands for another request.</exception>
    public static async Task<Earlier?> FindAsync(NpgsqlConnection connection, UploadPlan plan, CancellationToken cancel)
    {
        if (await ByKeyAsync(connection, plan, cancel) is { } byKey) return byKey;
        if (!plan.CanRepeat || await CaptureAsync(connection, plan, cancel) is not { } captureId) return null;
        var processes = await ByOccasionAsync(connection, plan, captureId, cancel);
        if (processes.Count == 0) return null;
        await RememberKeyAsync(connection, plan, captureId, processes, cancel);
        return new Earlier(captureId, processes);
    }

    /// <summary>The capture of the same bytes in the project, or null.</summary>
    public static async Task<Guid?> CaptureAsync(NpgsqlConnection connection, UploadPlan plan, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("SELECT capture_id FROM capture WHERE project = $1 AND sha256 = $2", connection)
        {
            Parameters = { new() { Value = plan.Upload.Project }, new() { Value = plan.Upload.Sha256 } },
        };
        return (Guid?)await command.ExecuteScalarAsync(cancel);
    }

    /// <summary>Notes what the upload's Idempotency-Key, if it has one, stands for.</summary>
    public static async Task RememberKeyAsync(NpgsqlConnection connection, UploadPlan plan, Guid captureId, IReadOnlyList<Guid> processes, CancellationToken cancel)
    {
        if (plan.KeySha256 is not { } key) return;
        await using var command = new NpgsqlCommand(
            "INSERT INTO idempotency_key (project, key_sha256, request_sha256, capture_id, process_ids, received_at) VALUES ($1, $2, $3, $4, $5, $6)", connection)
        {
            Parameters =
            {
                new() { Value = plan.Upload.Project }, new() { Value = key }, new() { Value = plan.RequestSha256 }, new() { Value = captureId },
                new() { Value = processes.ToArray() }, new() { Value = plan.Upload.ReceivedAt.UtcDateTime },
            },
        };
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static async Task<Earlier?> ByKeyAsync(NpgsqlConnection connection, UploadPlan plan, CancellationToken cancel)
    {
        if (plan.KeySha256 is not { } key) return null;
        await using var command = new NpgsqlCommand("SELECT request_sha256, capture_id, process_ids FROM idempotency_key WHERE project = $1 AND key_sha256 = $2", connection)
        {
            Parameters = { new() { Value = plan.Upload.Project }, new() { Value = key } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel)) return null;
        if (!CryptographicOperations.FixedTimeEquals(reader.GetFieldValue<byte[]>(0), plan.RequestSha256))
            throw new UploadRefusedException(UploadRefusedException.KeyReused, "This Idempotency-Key was used with another body or another query: make a new key for each upload.");
        return new Earlier(reader.GetGuid(1), reader.GetFieldValue<Guid[]>(2));
    }

    private static async Task<List<Guid>> ByOccasionAsync(NpgsqlConnection connection, UploadPlan plan, Guid captureId, CancellationToken cancel)
    {
        // Of the same host and pid only: the same file shown to another process is another upload.
        await using var command = new NpgsqlCommand(
            """
            SELECT u.process_id FROM upload u JOIN process p ON p.process_id = u.process_id
            WHERE u.capture_id = $1 AND u.occasion = $2 AND p.project = $3 AND p.host = $4 AND p.pid = ANY ($5)
              AND ($6 = '' OR p.boot_id IS NULL OR p.boot_id = $6) AND ($7 < 0 OR p.start_ticks IS NULL OR p.start_ticks = $7)
            ORDER BY u.upload_id, u.position
            """, connection)
        {
            Parameters =
            {
                new() { Value = captureId }, new() { Value = plan.Occasion }, new() { Value = plan.Upload.Project }, new() { Value = plan.Host },
                new() { Value = plan.Processes.Select(p => p.Pid).Distinct().ToArray() }, new() { Value = CleanText.Of(plan.Upload.BootId, 64) },
                new() { Value = plan.Processes.Count == 1 ? unchecked((long?)plan.Processes[0].StartTicks) ?? -1 : -1 },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var processes = new List<Guid>();
        while (await reader.ReadAsync(cancel)) processes.Add(reader.GetGuid(0));
        return processes;
    }
}
