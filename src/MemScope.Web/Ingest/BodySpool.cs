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
        var file = Create();
        try
        {
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

    /// <summary>The same for bytes that come from a reader, without waiting.</summary>
    /// <exception cref="ProblemException">413 when they are more than <paramref name="limit"/>.</exception>
    public FileStream Receive(Stream content, long limit)
    {
        var file = Create();
        try
        {
            var buffer = new byte[BufferBytes];
            int read;
            while ((read = content.Read(buffer)) > 0)
            {
                if (file.Position + read > limit) throw TooLarge(limit, file.Position + read);
                file.Write(buffer, 0, read);
            }
            file.Position = 0;
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private FileStream Create()
    {
        var path = Path.Combine(_folder, Guid.NewGuid().ToString("N"));
        var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0, Options = FileOptions.Asynchronous,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        File.Delete(path);
        return file;
    }

    private static ProblemException TooLarge(long limit, long actual) =>
        new(StatusCodes.Status413PayloadTooLarge, "body-too-large", "The body is larger than this address takes.", limit, actual);

    private static async Task CopyAsync(Stream body, FileStream file, long limit, ContentDigest? digest, CancellationToken cancel)
    {
        var buffer = new byte[BufferBytes];
        long total = 0;
        int read;
        while ((read = await body.ReadAsync(buffer, cancel)) > 0)
        {
            total += read;
            if (total > limit) throw TooLarge(limit, total);
            digest?.Append(buffer.AsSpan(0, read));
            await file.WriteAsync(buffer.AsMemory(0, read), cancel);
        }
    }
}
