using MemScope.Storage.Captures;
using MemScope.Storage.Queries;
using Microsoft.AspNetCore.SignalR;

namespace MemScope.Web.Live;

/// <summary>Tells browsers that a process changed; they query again. Call <c>watch(processId)</c>, listen to <c>changed {processId, seq}</c> and <c>beside {processId}</c>.</summary>
internal sealed class LiveHub(ProcessQuery processes) : Hub
{
    private const int MostWatched = 64;
    private const string Watched = "watched";

    /// <summary>Starts telling about a process that its caller may read; of any other nothing is told, not even whether it exists.</summary>
    public async Task Watch(Guid processId)
    {
        if (Context.Items.TryGetValue(Watched, out var before) is false) Context.Items[Watched] = before = new HashSet<Guid>();
        var watched = (HashSet<Guid>)before!;
        if (watched.Count >= MostWatched) throw new HubException($"A connection may watch {MostWatched} processes.");
        if (await processes.FindAsync(Projects.Default, processId, Context.ConnectionAborted) is null) throw new HubException("There is no such process.");
        if (watched.Add(processId)) await Groups.AddToGroupAsync(Context.ConnectionId, Group(processId));
    }

    /// <summary>Stops telling about a process.</summary>
    public Task Unwatch(Guid processId)
    {
        if (Context.Items.TryGetValue(Watched, out var watched)) ((HashSet<Guid>)watched!).Remove(processId);
        return Groups.RemoveFromGroupAsync(Context.ConnectionId, Group(processId));
    }

    /// <summary>Name of the group of connections that watch a process.</summary>
    public static string Group(Guid processId) => processId.ToString("N");
}
