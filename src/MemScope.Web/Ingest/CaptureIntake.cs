using MemScope.Core;
using MemScope.Core.Formats;
using MemScope.Storage.Captures;
using MemScope.Storage.Queries;
using MemScope.Web.Api;
using MemScope.Web.Symbolication;
using MemScope.Web.Wire;

namespace MemScope.Web.Ingest;

/// <summary>A file as it arrived, not yet looked into.</summary>
internal sealed record ReceivedFile(Stream Content, string Name) : IAsyncDisposable
{
    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Content.DisposeAsync();
}

/// <summary>A file that could be read.</summary>
/// <param name="File">The file.</param>
/// <param name="Contents">What it holds.</param>
/// <param name="SymbolFiles">Programs, libraries and debug files that lay in it.</param>
internal sealed record ReadFile(ReceivedFile File, CaptureContents Contents, SymbolFileMembers SymbolFiles) : IAsyncDisposable
{
    /// <inheritdoc/>
    public ValueTask DisposeAsync() => SymbolFiles.DisposeAsync();
}

/// <summary>Reads received files and stores them.</summary>
internal sealed class CaptureIntake(CaptureStore store, ProcessQuery processes, SymbolIntake symbols, BodySpool spool, ReadingSlots slots, Limits limits, TimeProvider time)
{
    private const int MostDiagnostics = 200;

    /// <summary>The process that a sender joins its files to, or null when it names none.</summary>
    /// <exception cref="ProblemException">404 when it does not exist, 422 when the query names another host or pid beside it.</exception>
    public async Task<JoinedProcess?> FindJoinedAsync(UploadParameters sender, CancellationToken cancel)
    {
        if (sender.Process is not { } id) return null;
        if (await processes.FindAsync(Projects.Default, id, cancel) is not { } process)
            throw new ProblemException(StatusCodes.Status404NotFound, UploadRefusedException.NoProcess, $"There is no process {id}. Leave process= out and name it by ?host=NAME&pid=PID: a new one begins where none is known.");
        if (sender.Host.Length > 0 && !string.Equals(sender.Host, process.Host, StringComparison.OrdinalIgnoreCase))
            throw new ProblemException(StatusCodes.Status422UnprocessableEntity, UploadRefusedException.OtherProcess, $"Process {id} ran on another host than the host= of this address. Leave one of the two out: process= joins it there, host= and pid= join or begin another.");
        if (sender.Pid is { } pid && pid != process.Pid)
            throw new ProblemException(StatusCodes.Status422UnprocessableEntity, UploadRefusedException.OtherProcess, $"Process {id} is pid {process.Pid}, not {pid}. Leave pid= out to join it there, or process= to name another.");
        return new JoinedProcess(id, process.Host, process.Pid);
    }

    /// <summary>Reads a file; nothing is stored yet.</summary>
    public async Task<ReadFile> ReadAsync(ReceivedFile file, UploadParameters sender, CancellationToken cancel)
    {
        var members = new SymbolFileMembers(spool, limits);
        try
        {
            var contents = await slots.RunAsync(() => CaptureReader.Read(file.Content, file.Name.Length == 0 ? null : file.Name, sender.Format, limits, members.Take, time.GetUtcNow(), cancel), cancel);
            file.Content.Position = 0;
            return new ReadFile(file, contents, members);
        }
        catch
        {
            await members.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stores a file: when the task ends it is committed.</summary>
    public async Task<(UploadWire Answer, bool Repeat)> StoreAsync(ReadFile read, UploadParameters sender, JoinedProcess? into, string? idempotencyKey, Func<Guid, string> pageOf, CancellationToken cancel)
    {
        var contents = read.Contents;
        var (symbolFiles, refused) = await read.SymbolFiles.StoreAsync(symbols, cancel);
        var parsed = contents.Parsed with { Diagnostics = [.. contents.Parsed.Diagnostics, .. refused] };
        var stored = await store.StoreAsync(new CaptureUpload
        {
            Into = into,
            Host = sender.Host,
            Pid = sender.Pid,
            BootId = sender.BootId,
            StartTicks = sender.StartTicks,
            StartTime = sender.StartTime,
            TakenAt = sender.TakenAt,
            TraceStart = sender.TraceStart,
            IdempotencyKey = idempotencyKey,
            Labels = sender.Labels,
            FileName = read.File.Name,
            Sha256 = contents.Sha256OfDecoded,
            DecodedBytes = contents.DecodedBytes,
            Content = read.File.Content,
            Parsed = parsed,
            ReceivedAt = time.GetUtcNow(),
        }, cancel);
        var process = stored.Processes[0];
        return (new UploadWire(stored.CaptureId, process, stored.Processes, pageOf(process), parsed.Format, stored.Snapshots, stored.Regions, stored.Events, stored.Callchains, Report(parsed))
        {
            Figures = parsed.Figures.Count, HeapProfiles = parsed.HeapProfiles.Count, PerfMaps = parsed.PerfMaps.Count, SymbolFiles = symbolFiles,
            Members = MemberWire.ListOf(parsed.Members),
        }, stored.Repeat);
    }

    private static List<DiagnosticWire> Report(ParsedCapture parsed)
    {
        var report = parsed.Diagnostics.Take(MostDiagnostics).Select(DiagnosticWire.Of).ToList();
        if (parsed.Diagnostics.Count > MostDiagnostics)
            report.Add(new DiagnosticWire("", "info", 0, $"and {parsed.Diagnostics.Count - MostDiagnostics} more: see the parse report of the capture", null));
        return report;
    }
}
