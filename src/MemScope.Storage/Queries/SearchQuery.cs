using MemScope.Core.Model;
using Npgsql;

namespace MemScope.Storage.Queries;

/// <summary>A process in a search result.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Host">Host name.</param>
/// <param name="Pid">Process id.</param>
/// <param name="Comm">Short name, empty when not known.</param>
/// <param name="HasStacks">Whether a trace or a heap profile was uploaded for it.</param>
public sealed record FoundProcess(Guid Id, string Host, int Pid, string Comm, bool HasStacks);

/// <summary>A region that holds an address.</summary>
/// <param name="Process">Its process.</param>
/// <param name="Region">Its id.</param>
/// <param name="Range">Where it was last seen.</param>
/// <param name="Category">Slug of its category.</param>
/// <param name="Backing">Path or name, empty for unnamed memory.</param>
/// <param name="Permissions">As maps prints them.</param>
/// <param name="FirstNumber">First snapshot with it.</param>
/// <param name="LastNumber">Last snapshot with it.</param>
/// <param name="RssBytes">RSS at the last sighting, or null when the source prints none.</param>
public sealed record FoundRegion(Guid Process, Guid Region, AddressRange Range, string Category, string Backing, string Permissions, int FirstNumber, int LastNumber, long? RssBytes);

/// <summary>A module of stacks, by its path or its build id.</summary>
/// <param name="Process">The process whose stacks pass through it.</param>
/// <param name="Module">Path.</param>
/// <param name="BuildId">Build id in hex, or null.</param>
/// <param name="Frames">Frames in it, counted per trace and heap profile.</param>
public sealed record FoundModule(Guid Process, string Module, string? BuildId, long Frames);

/// <summary>
/// Where an address, a module or a build id occurs. Looks at the newest processes alone, each by the first column of a key, and answers with few rows: it costs the same however large the store is.
/// </summary>
public sealed class SearchQuery(NpgsqlDataSource source)
{
    /// <summary>Newest processes that are looked at.</summary>
    public const int MostProcesses = 100;

    /// <summary>Rows of one kind in an answer.</summary>
    public const int MostRows = 20;

    private const int PerProcess = 3;

    /// <summary>The newest processes of a project, the one with the newest upload first, <see cref="MostProcesses"/> at most.</summary>
    public async Task<IReadOnlyList<FoundProcess>> NewestAsync(string project, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            $"""
            SELECT p.process_id, p.host, p.pid, coalesce(p.comm, left(p.executable, 15), ''),
                EXISTS (SELECT FROM trace t WHERE t.process_id = p.process_id) OR EXISTS (SELECT FROM heap_profile h WHERE h.process_id = p.process_id)
            FROM process_state s JOIN process p ON p.process_id = s.process_id WHERE p.project = $1 ORDER BY s.last_upload_at DESC, s.process_id DESC LIMIT {MostProcesses}
            """);
        command.Parameters.Add(new() { Value = project });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var found = new List<FoundProcess>();
        while (await reader.ReadAsync(cancel)) found.Add(new FoundProcess(reader.GetGuid(0), reader.GetString(1), reader.GetInt32(2), reader.GetString(3), reader.GetBoolean(4)));
        return found;
    }

    /// <summary>Regions of some processes that hold an address where they were last seen, by the richest track of each; in the order of the processes.</summary>
    public async Task<IReadOnlyList<FoundRegion>> RegionsAsync(IReadOnlyList<Guid> processes, ulong address, CancellationToken cancel)
    {
        // Addresses are stored as the signed number of the same bits: a mapping lies wholly in one half.
        await using var command = source.CreateCommand(
            $"""
            SELECT n.id, r.region_id, r.start_address, r.end_address, r.category, r.backing, r.perms, r.first_number, r.last_number, r.last_rss_bytes
            FROM unnest($1::uuid[]) WITH ORDINALITY AS n(id, place)
            CROSS JOIN LATERAL (
                SELECT * FROM region WHERE process_id = n.id AND source = (SELECT min(t.source) FROM track t WHERE t.process_id = n.id) AND start_address <= $2 AND end_address > $2
                ORDER BY last_number DESC, region_id LIMIT {PerProcess}) r
            ORDER BY n.place, r.last_number DESC LIMIT {MostRows}
            """);
        command.Parameters.Add(new() { Value = processes.ToArray() });
        command.Parameters.Add(new() { Value = unchecked((long)address) });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var found = new List<FoundRegion>();
        while (await reader.ReadAsync(cancel))
            found.Add(new FoundRegion(reader.GetGuid(0), reader.GetGuid(1), new AddressRange(unchecked((ulong)reader.GetInt64(2)), unchecked((ulong)reader.GetInt64(3))), reader.GetString(4),
                reader.GetString(5), reader.GetString(6), reader.GetInt32(7), reader.GetInt32(8), reader.LongOrNull(9)));
        return found;
    }

    /// <summary>Modules of the stacks of some processes whose build id begins so, or whose path has a text in it; either may be empty. In the order of the processes.</summary>
    public async Task<IReadOnlyList<FoundModule>> ModulesAsync(IReadOnlyList<Guid> processes, string buildId, string text, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            $"""
            SELECT n.id, m.module, m.build_id, m.frames FROM unnest($1::uuid[]) WITH ORDINALITY AS n(id, place)
            CROSS JOIN LATERAL (
                SELECT module, build_id, sum(frames)::bigint AS frames FROM stack_module
                WHERE process_id = n.id AND ordinal > 0 AND (($2 <> '' AND starts_with(build_id, $2)) OR ($3 <> '' AND module ILIKE $3)) GROUP BY module, build_id ORDER BY 3 DESC, module LIMIT {PerProcess}) m
            ORDER BY n.place, m.frames DESC, m.module LIMIT {MostRows}
            """);
        command.Parameters.Add(new() { Value = processes.ToArray() });
        command.Parameters.Add(new() { Value = buildId });
        command.Parameters.Add(new() { Value = LikePattern.Anywhere(text) });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var found = new List<FoundModule>();
        while (await reader.ReadAsync(cancel)) found.Add(new FoundModule(reader.GetGuid(0), reader.GetString(1), reader.TextOrNull(2), reader.GetInt64(3)));
        return found;
    }
}
