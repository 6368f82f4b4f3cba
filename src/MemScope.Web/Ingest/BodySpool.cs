using System.Buffers;
using MemScope.Web.Api;
using MemScope.Web.Hosting;

namespace MemScope.Web.Ingest;

/// <summary>
/// Keeps bodies in transit: small ones in memory as long as there are not too many, others on disk, so that a large upload costs no memory. The files have no name once open: nothing
/// is left behind, whatever ends the server.
/// </summary>
internal sealed class BodySpool
{
    private const int BufferBytes = 128 << 10;

    /// <summary>The longest body that is kept in memory: a compressed snapshot of 20,000 mappings.</summary>
    private const int SmallBytes = 1 << 20;

    /// <summary>Bytes of all bodies in memory; a small one that comes then goes to disk too.</summary>
    private const long MostBytesInMemory = 64 << 20;

    private long _inMemory;
    private readonly string _folder;

    /// <summary>A spool in the data folder.</summary>
    public BodySpool(ServerOptions options)
    {
        _folder = Path.Combine(options.DataFolder, "spool");
        Directory.CreateDirectory(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Takes a body of a length that the sender told, or null, and stands at its beginning.</summary>
    /// <exception cref="ProblemException">413 when it is longer than <paramref name="limit"/>, 400 when it is not what its digest says.</exception>
    public async Task<Stream> ReceiveAsync(Stream body, long? length, long limit, ContentDigest? digest, CancellationToken cancel)
    {
        if (length is not (<= SmallBytes and var told) || told > limit) return await ReceiveAsync(body, limit, digest, cancel);
        if (Interlocked.Add(ref _inMemory, told) > MostBytesInMemory)
        {
            Interlocked.Add(ref _inMemory, -told);
            return await ReceiveAsync(body, limit, digest, cancel);
        }
        var small = new SmallBody(this, (int)told);
        try
        {
            await small.FillAsync(body, digest, cancel);
            digest?.Verify();
            return small;
        }
        catch
        {
            await small.DisposeAsync();
            throw;
        }
    }

    /// <summary>Takes a body in on disk and stands at its beginning.</summary>
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
            using var rented = MemoryPool<byte>.Shared.Rent(BufferBytes);
            var buffer = rented.Memory.Span;
            int read;
            while ((read = content.Read(buffer)) > 0)
            {
                if (file.Position + read > limit) throw TooLarge(limit, file.Position + read);
                file.Write(buffer[..read]);
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
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
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
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>A body in memory that is used again for others: it must not be read after it was disposed.</summary>
    private sealed class SmallBody : MemoryStream
    {
        private readonly BodySpool _spool;
        private readonly Memory<byte> _body;
        private byte[]? _rented;

        public SmallBody(BodySpool spool, int length)
            : this(spool, length, ArrayPool<byte>.Shared.Rent(length))
        {
        }

        private SmallBody(BodySpool spool, int length, byte[] rented)
            : base(rented, 0, length, writable: false, publiclyVisible: true) => (_spool, _body, _rented) = (spool, rented.AsMemory(0, length), rented);

        /// <summary>Takes the body in; Kestrel sees to it that it has the length that was told.</summary>
        public async Task FillAsync(Stream body, ContentDigest? digest, CancellationToken cancel)
        {
            await body.ReadExactlyAsync(_body, cancel);
            digest?.Append(_body.Span);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing && _rented is { } rented)
            {
                _rented = null;
                ArrayPool<byte>.Shared.Return(rented);
                Interlocked.Add(ref _spool._inMemory, -_body.Length);
            }
            base.Dispose(disposing);
        }
    }
}
