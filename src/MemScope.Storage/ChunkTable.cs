using System.Buffers;
using System.IO.Compression;
using Npgsql;
using NpgsqlTypes;

namespace MemScope.Storage;

/// <summary>Files in rows: a gzip stream cut into parts of 1 MiB. Written and read part by part, so that a file of gigabytes needs a few megabytes of memory.</summary>
internal sealed record ChunkTable(string Table, string Key)
{
    public static ChunkTable Captures { get; } = new("capture_chunk", "capture_id");
    public static ChunkTable SymbolFiles { get; } = new("symbol_file_chunk", "symbol_file_id");

    private const int PartBytes = 1 << 20;

    /// <summary>The gzip stream of a file that fits into one part, or null when it does not. A gzip file is kept as it is.</summary>
    public static async Task<ReadOnlyMemory<byte>?> OnlyPartAsync(Stream content, CancellationToken cancel)
    {
        if (content.Length > PartBytes) return null;
        content.Position = 0;
        if (content is MemoryStream memory && memory.TryGetBuffer(out var held) && IsGzip(held)) return held;
        var bytes = new byte[content.Length];
        await content.ReadExactlyAsync(bytes, cancel);
        if (IsGzip(bytes)) return bytes;
        var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) await gzip.WriteAsync(bytes, cancel);
        return packed.GetBuffer().AsMemory(0, (int)packed.Length);
    }

    private static bool IsGzip(ReadOnlySpan<byte> bytes) => bytes.StartsWith<byte>([0x1f, 0x8b]);

    /// <summary>Writes a file within the connection's transaction and returns the bytes stored. A gzip file is kept as it is.</summary>
    public async Task<long> WriteAsync(NpgsqlConnection connection, Guid id, Stream content, CancellationToken cancel)
    {
        content.Position = 0;
        var isGzip = content.ReadByte() == 0x1f && content.ReadByte() == 0x8b;
        content.Position = 0;
        await using var importer = await connection.BeginBinaryImportAsync($"COPY {Table} ({Key}, part, data) FROM STDIN (FORMAT binary)", cancel);
        await using var parts = new PartWriter(importer, id);
        if (isGzip) await content.CopyToAsync(parts, PartBytes, cancel);
        else
        {
            await using var gzip = new GZipStream(parts, CompressionLevel.Fastest, leaveOpen: true);
            await content.CopyToAsync(gzip, PartBytes, cancel);
        }
        await parts.FlushPartAsync(cancel);
        await importer.CompleteAsync(cancel);
        return parts.Written;
    }

    /// <summary>The decoded file, or null when there is none.</summary>
    public async Task<Stream?> OpenAsync(NpgsqlDataSource source, Guid id, CancellationToken cancel)
    {
        var first = await ReadPartAsync(source, id, 0, cancel);
        return first is null ? null : new GZipStream(new PartReader(this, source, id, first), CompressionMode.Decompress);
    }

    private async Task<byte[]?> ReadPartAsync(NpgsqlDataSource source, Guid id, int part, CancellationToken cancel)
    {
        await using var command = source.CreateCommand($"SELECT data FROM {Table} WHERE {Key} = $1 AND part = $2");
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = part });
        return await command.ExecuteScalarAsync(cancel) as byte[];
    }

    private sealed class PartWriter(NpgsqlBinaryImporter importer, Guid id) : Stream
    {
        private readonly byte[] _part = ArrayPool<byte>.Shared.Rent(PartBytes);
        private int _filled;
        private int _number;

        public long Written { get; private set; }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            while (!buffer.IsEmpty)
            {
                var n = Math.Min(PartBytes - _filled, buffer.Length);
                buffer[..n].CopyTo(_part.AsMemory(_filled));
                _filled += n;
                buffer = buffer[n..];
                if (_filled == PartBytes) await FlushPartAsync(cancellationToken);
            }
        }

        public async Task FlushPartAsync(CancellationToken cancel)
        {
            if (_filled == 0) return;
            await importer.StartRowAsync(cancel);
            await importer.WriteAsync(id, NpgsqlDbType.Uuid, cancel);
            await importer.WriteAsync(_number++, NpgsqlDbType.Integer, cancel);
            await importer.WriteAsync(_part.AsMemory(0, _filled), NpgsqlDbType.Bytea, cancel);
            Written += _filled;
            _filled = 0;
        }

        public override async ValueTask DisposeAsync()
        {
            ArrayPool<byte>.Shared.Return(_part);
            await base.DisposeAsync();
        }

        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();
        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    private sealed class PartReader(ChunkTable table, NpgsqlDataSource source, Guid id, byte[] first) : Stream
    {
        private byte[]? _part = first;
        private int _at;
        private int _number;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_part is not null && _at == _part.Length) (_part, _at) = (await table.ReadPartAsync(source, id, ++_number, cancellationToken), 0);
            if (_part is null) return 0;
            var n = Math.Min(buffer.Length, _part.Length - _at);
            _part.AsMemory(_at, n).CopyTo(buffer);
            _at += n;
            return n;
        }

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();
        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
