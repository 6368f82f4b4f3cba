using System.Formats.Tar;
using System.Globalization;
using MemScope.Core.Formats;
using MemScope.Storage.Queries;

namespace MemScope.Web.Api;

/// <summary>
/// The snapshots of a capture whose text was dropped, printed again: one as text, several as a tar with a file for each, named as MemScope reads numbers, times and process ids
/// (<c>4711/0001_1795189439.417000.txt</c>). Sent as it is made, so that a series of any length needs the memory of one block.
/// </summary>
internal sealed class ReprintedCapture(CaptureRow capture, CaptureSnapshots snapshots) : IResult
{
    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (response, cancel) = (httpContext.Response, httpContext.RequestAborted);
        var isOne = capture.Snapshots == 1;
        response.ContentType = isOne ? "text/plain; charset=utf-8" : "application/x-tar";
        response.Headers.ContentDisposition = $"attachment; filename=\"{capture.Id}.{(isOne ? "txt" : "tar")}\"";
        if (capture.Contents.Figures > 0) response.Headers["X-Missing"] = "figures";
        if (isOne)
        {
            await foreach (var snapshot in snapshots.ReadAsync(capture.Id, cancel)) await response.Body.WriteAsync(SnapshotText.Of(snapshot.Source, snapshot.Vmas), cancel);
            return;
        }
        await using var tar = new TarWriter(response.Body, TarEntryFormat.Ustar, leaveOpen: true);
        var number = 0;
        await foreach (var snapshot in snapshots.ReadAsync(capture.Id, cancel))
        {
            var seconds = (decimal)(snapshot.TakenAt.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond;
            var name = string.Create(CultureInfo.InvariantCulture, $"{snapshot.Pid}/{++number:D4}_{seconds:F6}.txt");
            await tar.WriteEntryAsync(new UstarTarEntry(TarEntryType.RegularFile, name)
            {
                DataStream = new MemoryStream(SnapshotText.Of(snapshot.Source, snapshot.Vmas).ToArray(), writable: false),
                ModificationTime = snapshot.TakenAt < DateTimeOffset.UnixEpoch ? DateTimeOffset.UnixEpoch : snapshot.TakenAt,
            }, cancel);
        }
    }
}
