using MemScope.Web.Api;
using MemScope.Web.Hosting;

namespace MemScope.Web.Ingest;

/// <summary>Keeps bodies in transit on disk, so that a large upload costs no memory. The files have no name once open: nothing is left behind, whatever ends the server.</summary>
internal sealed class BodySpool
{
    private const int BufferBytes = 128 << 10;
    private readonly string _folder;

    /// <summary>A spool in the data folder.</summary>
    public BodySpool(ServerOptions options)
    {
        _folder = Path.Combine(options.DataFolder, "spool");
        Directory.CreateDirectory(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Takes a body in and stands at its beginning.</summary>
    /// <exception cref="ProblemException">413 when it is longer than <paramref name="limit"/>, 400 when it is not what its digest says.</exception>
    public async Task<FileStream> ReceiveAsync(Stream body, long limit, ContentDigest? digest, CancellationToken cancel)
    {
        var path = Path.Combine(_folder, Guid.NewGuid().ToString("N"));
        var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0, Options = FileOptions.Asynchronous,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        try
        {
            File.Delete(path);
            await CopyAsync(body, file, limit, digest, cancel);
            digest?.Verify();
            file.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    private static async Task CopyAsync(Stream body, FileStream file, long limit, ContentDigest? digest, CancellationToken cancel)
    {
        var buffer = new byte[BufferBytes];
        long total = 0;
        int read;
        while ((read = await body.ReadAsync(buffer, cancel)) > 0)
        {
            total += read;
            if (total > limit) throw new ProblemException(StatusCodes.Status413PayloadTooLarge, "body-too-large", "The body is larger than this address takes.", limit, total);
            digest?.Append(buffer.AsSpan(0, read));
            await file.WriteAsync(buffer.AsMemory(0, read), cancel);
        }
    }
}
