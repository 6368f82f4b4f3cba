using System.Security.Cryptography;
using System.Text;
using MemScope.Core.Formats;
using MemScope.Core.Model;
using MemScope.Storage.Captures;
using Npgsql;

namespace MemScope.Torture;

/// <summary>Sends snapshots of one process as agents and people do: in order, late, out of order, many in one file, and the same again after no answer came.</summary>
internal sealed class Writer(CaptureStore store, ProcessOracle process, Tally tally, int lane, int seed)
{
    /// <summary>Writers of one process have lanes: no two snapshots are of one microsecond.</summary>
    public const int Lanes = 10;

    /// <summary>A day ends soon after: blocks must not cross midnight.</summary>
    private static readonly DateTimeOffset Start = new(2026, 11, 21, 23, 50, 0, TimeSpan.Zero);

    private readonly Random _random = new(seed);
    private readonly AddressSpaceModel _model = new(new Random(process.Pid));
    private readonly List<Snapshot> _held = [];
    private DateTimeOffset _now = Start.AddMicroseconds(lane);

    /// <summary>Sends about <paramref name="snapshots"/>, then what it held back.</summary>
    public async Task RunAsync(int snapshots, TimeSpan pause, CancellationToken stop)
    {
        for (var left = snapshots; left > 0 && !stop.IsCancellationRequested; left--)
        {
            var next = Next();
            switch (_random.Next(40))
            {
                case < 6: _held.Add(next); break;
                case 6 when _held.Count > 0: await SendHeldAsync(); goto default;
                case 7: await SendAsync([next, .. Enumerable.Range(0, _random.Next(90)).Select(_ => Next())], late: false); break;
                default: await SendAsync([next], late: false); break;
            }
            try { await Task.Delay(pause, stop); }
            catch (OperationCanceledException) { break; }
        }
        while (_held.Count > 0) await SendHeldAsync();
    }

    private Snapshot Next()
    {
        _model.Step();
        _now += TimeSpan.FromSeconds(_random.Next(1, 4));
        return new Snapshot(SnapshotSource.Smaps, new ProcessHint(process.Pid), _model.Table()) { TakenAt = _now, TimeOrigin = TimeOrigin.InFile };
    }

    /// <summary>One or several of those held back, in any order.</summary>
    private async Task SendHeldAsync()
    {
        var late = new List<Snapshot>();
        for (var count = _random.Next(1, 6); count > 0 && _held.Count > 0; count--)
        {
            var i = _random.Next(_held.Count);
            late.Add(_held[i]);
            _held.RemoveAt(i);
        }
        Interlocked.Add(ref tally.Late, late.Count);
        if (_random.Next(2) == 0) await SendAsync(late, late: true);
        else
            foreach (var snapshot in late) await SendAsync([snapshot], late: true);
    }

    private async Task SendAsync(List<Snapshot> snapshots, bool late)
    {
        foreach (var snapshot in snapshots) process.Snapshots[snapshot.TakenAt!.Value.UtcTicks] = new Sent(snapshot.Vmas);
        var again = _random.Next(20) == 0 ? 2 : 1;
        for (var time = 0; time < again; time++)
        {
            var stored = await UntilStoredAsync(snapshots, late);
            process.Id ??= stored.Processes[0];
            if (stored.Processes[0] != process.Id) tally.Complain(ref tally.Wrong, $"pid {process.Pid}: stored as another process");
            if (stored.Repeat) Interlocked.Increment(ref tally.Repeats);
            else if (time > 0) tally.Complain(ref tally.Wrong, $"pid {process.Pid}: the same upload was stored twice");
            foreach (var snapshot in snapshots) process.Snapshots[snapshot.TakenAt!.Value.UtcTicks].IsAcknowledged = true;
        }
        Interlocked.Add(ref tally.Snapshots, snapshots.Count);
        Interlocked.Increment(ref tally.Uploads);
    }

    /// <summary>Sends until an answer comes, as an agent does: no answer does not mean that it was not stored.</summary>
    private async Task<StoredUpload> UntilStoredAsync(List<Snapshot> snapshots, bool late)
    {
        var name = $"{process.Pid} {string.Join(' ', snapshots.Select(s => s.TakenAt!.Value.UtcTicks))}";
        while (true)
        {
            try
            {
                var upload = new CaptureUpload
                {
                    Host = "torture", Pid = process.Pid, BootId = "boot", StartTicks = (ulong)process.Pid, Sha256 = SHA256.HashData(Encoding.UTF8.GetBytes(name)), DecodedBytes = name.Length,
                    Content = new MemoryStream(Encoding.UTF8.GetBytes(name)), Parsed = new ParsedCapture("smaps", "", snapshots, [], [], []), ReceivedAt = late ? _now.AddMinutes(5) : _now.AddSeconds(1),
                };
                return await store.StoreAsync(upload, CancellationToken.None);
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException or IOException)
            {
                Interlocked.Increment(ref tally.Retries);
                await Task.Delay(200);
            }
        }
    }
}
