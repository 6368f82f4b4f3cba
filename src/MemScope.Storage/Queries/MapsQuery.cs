using MemScope.Core.Model;
using MemScope.Storage.Stacks;
using Npgsql;

namespace MemScope.Storage.Queries;

/// <summary>What did the addresses of a process mean at a moment?</summary>
public sealed class MapsQuery(NpgsqlDataSource database)
{
    /// <summary>Mappings of up to three snapshots that print offsets and whole paths, the nearest in time first.</summary>
    /// <exception cref="InvalidDataException">A stored block is damaged.</exception>
    public async Task<IReadOnlyList<VmaTable>> AroundAsync(Guid process, DateTimeOffset at, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await MapsAround.ReadAsync(connection, process, at, cancel);
    }
}
