using System.Collections.Concurrent;
using System.Threading.Channels;
using MemScope.Core;
using MemScope.Storage.Live;
using MemScope.Storage.Symbols;
using MemScope.Symbols;
using MemScope.Web.Api;

namespace MemScope.Web.Symbolication;

/// <summary>How far the fetch of a build id's files is.</summary>
/// <param name="IsUnderWay">Whether it waits or runs.</param>
/// <param name="Text">A sentence for a person.</param>
internal sealed record DebuginfodState(bool IsUnderWay, string Text);

/// <summary>
/// Fetches debug files that frames miss from the debuginfod servers of the operator, in the background: two at once, each build id once, and one that nobody has not again for a day. Off unless servers
/// are named.
/// </summary>
public sealed class Debuginfod : BackgroundService
{
    private const string DebugInfo = "debuginfo";
    private const string Executable = "executable";
    private const int AtOnce = 2;

    /// <summary>Build ids that wait at once; further ones are asked for by a later answer.</summary>
    private const int MostWaiting = 1000;

    /// <summary>Build ids of which it is remembered in memory that they need no fetch now.</summary>
    private const int MostSettled = 100_000;

    private static readonly TimeSpan MissingHolds = TimeSpan.FromHours(24);
    private static readonly TimeSpan FailureHolds = TimeSpan.FromMinutes(10);

    private readonly DebuginfodServers _servers;
    private readonly DebuginfodClient _client;
    private readonly DebuginfodAnswerStore _answers;
    private readonly SymbolIntake _intake;
    private readonly ChangeFeed _feed;
    private readonly TimeProvider _time;
    private readonly ILogger<Debuginfod> _log;
    private readonly ConcurrentDictionary<(string BuildId, string Kind), byte> _underWay = new();
    private readonly ConcurrentDictionary<(string BuildId, string Kind), DateTimeOffset> _settledUntil = new();
    private readonly Channel<(BuildId BuildId, string Kind)> _wanted = Channel.CreateBounded<(BuildId, string)>(MostWaiting);

    /// <summary>Makes one; nothing is asked before a frame misses its file.</summary>
    internal Debuginfod(DebuginfodServers servers, DebuginfodClient client, DebuginfodAnswerStore answers, SymbolIntake intake, ChangeFeed feed, TimeProvider time, ILogger<Debuginfod> log) =>
        (_servers, _client, _answers, _intake, _feed, _time, _log) = (servers, client, answers, intake, feed, time, log);

    /// <summary>Fetches what a module lacks, later: debug information where it has no lines, the program where offsets cannot be turned into addresses.</summary>
    /// <param name="buildId">Build id as a trace has it; anything that is none is passed over.</param>
    /// <param name="symbols">What is there, or null.</param>
    public void Want(string buildId, ModuleSymbols? symbols)
    {
        if (!_servers.IsOn || !BuildId.TryParse(buildId, out var id)) return;
        if (symbols is null or { Quality: not SymbolQuality.Lines }) Want(id, DebugInfo);
        if (symbols is null or { Layout.HasFileLayout: false }) Want(id, Executable);
    }

    /// <summary>Whether a file of the build id is being fetched.</summary>
    public bool IsWanted(string? buildId) => buildId is not null && !_underWay.IsEmpty && (_underWay.ContainsKey((buildId, DebugInfo)) || _underWay.ContainsKey((buildId, Executable)));

    /// <summary>How far the fetch of a build id's files is; null when none was asked for.</summary>
    internal async Task<DebuginfodState?> StateAsync(string buildId, CancellationToken cancel)
    {
        if (!_servers.IsOn) return null;
        if (IsWanted(buildId)) return new DebuginfodState(true, "It is being fetched from a debuginfod server.");
        return await _answers.FindAsync(buildId, DebugInfo, _servers.Key, cancel) is { } answer ? new DebuginfodState(false, answer.Text) : null;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _client.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _servers.IsOn ? Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => WorkAsync(stoppingToken))) : Task.CompletedTask;

    private void Want(BuildId id, string kind)
    {
        var key = (id.Hex, kind);
        if (_settledUntil.TryGetValue(key, out var until) && until > _time.GetUtcNow()) return;
        if (_underWay.TryAdd(key, 0) && !_wanted.Writer.TryWrite((id, kind))) _underWay.TryRemove(key, out _);
    }

    private async Task WorkAsync(CancellationToken stop)
    {
        await foreach (var (id, kind) in _wanted.Reader.ReadAllAsync(stop))
        {
            var holds = FailureHolds;
            try
            {
                holds = await FetchAsync(id, kind, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                _log.LogWarning("{Kind} of {BuildId} could not be fetched: {Problem}", kind, id.Hex, e.Message);
            }
            if (_settledUntil.Count >= MostSettled) _settledUntil.Clear();
            _settledUntil[(id.Hex, kind)] = _time.GetUtcNow() + holds;
            _underWay.TryRemove((id.Hex, kind), out _);
            _feed.DeliverSymbols(); // pages that show it as pending ask again
        }
    }

    /// <summary>Fetches one file; tells how long the outcome holds.</summary>
    private async Task<TimeSpan> FetchAsync(BuildId id, string kind, CancellationToken stop)
    {
        if (await KnownAsync(id, kind, stop) is { } left) return left;
        var fetch = await _client.FetchAsync(id, kind, stop);
        if (fetch.Content is { } content)
        {
            await using var _ = content;
            fetch = await StoreAsync(id, content, fetch, stop);
        }
        await _answers.KeepAsync(id.Hex, kind, _servers.Key, fetch.Outcome, fetch.Text, stop);
        _log.LogInformation("debuginfod: {Kind} of {BuildId}: {Text}", kind, id.Hex, fetch.Text);
        return HoldsFor(fetch.Outcome);
    }

    private async Task<DebuginfodFetch> StoreAsync(BuildId id, FileStream content, DebuginfodFetch fetch, CancellationToken stop)
    {
        try
        {
            await _intake.StoreAsync(content, "", SymbolOrigin.Debuginfod, id, stop);
            return fetch with { Content = null };
        }
        catch (Exception problem) when (problem is ProblemException or InvalidDataException)
        {
            return new DebuginfodFetch(DebuginfodOutcome.Wrong, $"{fetch.Text[..^1]}, but it cannot be used: {problem.Message}");
        }
    }

    /// <summary>For how long an answer of before still holds, or null when it is time to ask.</summary>
    private async Task<TimeSpan?> KnownAsync(BuildId id, string kind, CancellationToken stop)
    {
        if (await _answers.FindAsync(id.Hex, kind, _servers.Key, stop) is not { } known) return null;
        var left = known.At + HoldsFor(known.Outcome) - _time.GetUtcNow();
        return left > TimeSpan.Zero ? left : null;
    }

    private static TimeSpan HoldsFor(DebuginfodOutcome outcome) => outcome is DebuginfodOutcome.Failed ? FailureHolds : MissingHolds;
}
