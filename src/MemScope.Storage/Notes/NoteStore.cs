using MemScope.Core;
using MemScope.Storage.Live;
using MemScope.Storage.Queries;
using Npgsql;
using NpgsqlTypes;

namespace MemScope.Storage.Notes;

/// <summary>Keeps what people write on the time lines of processes, and tells open pages of each change. Notes are no captures: a process' change number stays as it is.</summary>
public sealed class NoteStore(NpgsqlDataSource source, ChangeFeed feed, TimeProvider time, Limits limits)
{
    private const int MostAuthorCharacters = 80, MostUrlCharacters = 4096, MostIds = 16, MostIdCharacters = 200;

    private const string Columns = "note_id, at, to_at, text, evidence::text, author, created_at, edited_at";

    /// <summary>All notes of a process, by the moment that they are about; none for a process that does not exist.</summary>
    public async Task<IReadOnlyList<NoteRow>> ListAsync(Guid process, CancellationToken cancel)
    {
        await using var command = source.CreateCommand($"SELECT {Columns} FROM note WHERE process_id = $1 ORDER BY at, note_id");
        command.Parameters.Add(new() { Value = process });
        return await ReadAsync(command, cancel);
    }

    /// <summary>One note, or null.</summary>
    public async Task<NoteRow?> FindAsync(Guid process, Guid note, CancellationToken cancel)
    {
        await using var command = source.CreateCommand($"SELECT {Columns} FROM note WHERE process_id = $1 AND note_id = $2");
        command.Parameters.Add(new() { Value = process });
        command.Parameters.Add(new() { Value = note });
        return (await ReadAsync(command, cancel)).FirstOrDefault();
    }

    /// <summary>Adds a note. <see cref="NoteOutcome.Full"/> at <see cref="Limits.NotesOfProcess"/>; several that write at once may pass it by as many.</summary>
    public async Task<(NoteOutcome Outcome, NoteRow? Note)> AddAsync(Guid process, NoteDraft draft, CancellationToken cancel)
    {
        var now = Now();
        await using var command = source.CreateCommand(
            $"""
            INSERT INTO note (process_id, note_id, at, to_at, text, evidence, author, created_at) SELECT process_id, $2, $3, $4, $5, $6::jsonb, $7, $8 FROM process
            WHERE process_id = $1 AND (SELECT count(*) FROM note WHERE process_id = $1) < $9 RETURNING {Columns}
            """);
        Add(command, process, Guid.CreateVersion7(now), draft, now);
        command.Parameters.Add(new() { Value = limits.NotesOfProcess });
        if (await ReadAsync(command, cancel) is not [var added])
            return (await ExistsAsync("SELECT FROM process WHERE process_id = $1", cancel, process) ? NoteOutcome.Full : NoteOutcome.NotFound, null);
        feed.PublishBeside(process);
        return (NoteOutcome.Done, added);
    }

    /// <summary>Writes a note anew.</summary>
    /// <param name="process">The process.</param>
    /// <param name="note">The note.</param>
    /// <param name="draft">What it says from now on.</param>
    /// <param name="version">The <see cref="NoteRow.Version"/> that was read, or null to write over any.</param>
    /// <param name="cancel">Ends the work.</param>
    public async Task<(NoteOutcome Outcome, NoteRow? Note)> EditAsync(Guid process, Guid note, NoteDraft draft, string? version, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var find = new NpgsqlCommand($"SELECT {Columns} FROM note WHERE process_id = $1 AND note_id = $2 FOR UPDATE", connection);
        find.Parameters.Add(new() { Value = process });
        find.Parameters.Add(new() { Value = note });
        if (await ReadAsync(find, cancel) is not [var before]) return (NoteOutcome.NotFound, null);
        if (version is not null && version != before.Version) return (NoteOutcome.Changed, before);
        // A version is a time: two changes within a tick of the database's clock must not have the same one.
        var now = Now() is var clock && clock > (before.EditedAt ?? before.CreatedAt) ? clock : (before.EditedAt ?? before.CreatedAt).AddMicroseconds(1);
        await using var command = new NpgsqlCommand(
            $"UPDATE note SET at = $3, to_at = $4, text = $5, evidence = $6::jsonb, author = $7, edited_at = $8 WHERE process_id = $1 AND note_id = $2 RETURNING {Columns}", connection);
        Add(command, process, note, draft, now);
        var after = (await ReadAsync(command, cancel))[0];
        await transaction.CommitAsync(cancel);
        feed.PublishBeside(process);
        return (NoteOutcome.Done, after);
    }

    /// <summary>Deletes a note; false when there is none.</summary>
    public async Task<bool> DeleteAsync(Guid process, Guid note, CancellationToken cancel)
    {
        if (!await ExistsAsync("DELETE FROM note WHERE process_id = $1 AND note_id = $2 RETURNING note_id", cancel, process, note)) return false;
        feed.PublishBeside(process);
        return true;
    }

    /// <summary>What a person typed, fit for pages and for PostgreSQL: lines end with U+000A, other control characters than tabs are replaced.</summary>
    public static string Clean(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var lines = text.ReplaceLineEndings("\n");
        return string.Create(lines.Length, lines, static (result, from) =>
        {
            for (var i = 0; i < from.Length; i++) result[i] = char.IsControl(from[i]) && from[i] is not ('\n' or '\t') ? '\uFFFD' : from[i];
        });
    }

    /// <summary>What the database can tell apart.</summary>
    private DateTimeOffset Now() => time.GetUtcNow() is var now ? now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond)) : default;

    private static string Line(string text, int most) => CleanText.Of(Clean(text).Replace('\n', ' ').Replace('\t', ' '), most);

    private static string? Evidence(NoteEvidence? evidence) => evidence is null ? null
        : Json.Of(new NoteEvidence(Line(evidence.Kind, MostIdCharacters), Line(evidence.Url, MostUrlCharacters), [.. evidence.Ids.Take(MostIds).Select(id => Line(id, MostIdCharacters))]));

    private static void Add(NpgsqlCommand command, Guid process, Guid note, NoteDraft draft, DateTimeOffset now)
    {
        command.Parameters.Add(new() { Value = process });
        command.Parameters.Add(new() { Value = note });
        command.Parameters.Add(new() { Value = draft.At.UtcDateTime });
        command.Parameters.Add(new() { Value = (object?)draft.ToAt?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = CleanText.Of(Clean(draft.Text)) });
        command.Parameters.Add(new() { Value = (object?)Evidence(draft.Evidence) ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = string.IsNullOrWhiteSpace(draft.Author) ? DBNull.Value : Line(draft.Author.Trim(), MostAuthorCharacters), NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = now.UtcDateTime });
    }

    private static async Task<List<NoteRow>> ReadAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var notes = new List<NoteRow>();
        while (await reader.ReadAsync(cancel))
        {
            var draft = new NoteDraft(reader.Time(1), reader.GetString(3))
            {
                ToAt = reader.TimeOrNull(2), Evidence = reader.TextOrNull(4) is { } evidence ? Json.Read<NoteEvidence>(evidence) : null, Author = reader.TextOrNull(5),
            };
            notes.Add(new NoteRow(reader.GetGuid(0), draft, reader.Time(6), reader.TimeOrNull(7)));
        }
        return notes;
    }

    private async Task<bool> ExistsAsync(string sql, CancellationToken cancel, params Guid[] ids)
    {
        await using var command = source.CreateCommand(sql);
        foreach (var id in ids) command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel);
    }
}
