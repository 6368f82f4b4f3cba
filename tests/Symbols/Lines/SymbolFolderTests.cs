using System.Security.Cryptography;
using MemScope.Symbols.Lines;

namespace MemScope.Symbols.Tests.Lines;

public sealed class SymbolFolderTests : IDisposable
{
    private readonly OpenFolder _folder = new();

    [Fact]
    public async Task A_file_is_written_once_and_is_readable_for_the_tools_user()
    {
        var symbols = new SymbolFolder(Path.Combine(_folder.Path, "symbols"));
        var opened = 0;
        byte[] content = [1, 2, 3];
        var key = Convert.ToHexStringLower(SHA256.HashData(content));
        for (var i = 0; i < 2; i++)
        {
            var path = await symbols.PutAsync(key, _ => Task.FromResult<Stream?>(new MemoryStream(content, opened++, 3 - opened + 1)));
            Assert.Equal(Path.Combine(_folder.Path, "symbols", key), path);
        }
        Assert.Equal(1, opened);
        Assert.True(File.GetUnixFileMode(Path.Combine(_folder.Path, "symbols", key)).HasFlag(UnixFileMode.OtherRead));
        Assert.True(File.GetUnixFileMode(Path.Combine(_folder.Path, "symbols")).HasFlag(UnixFileMode.OtherExecute));
    }

    [Fact]
    public async Task What_is_gone_leaves_nothing()
    {
        var symbols = new SymbolFolder(_folder.Path);
        Assert.Null(await symbols.PutAsync(new string('a', 64), _ => Task.FromResult<Stream?>(null)));
        await Assert.ThrowsAsync<IOException>(() => symbols.PutAsync(new string('a', 64), _ => Task.FromResult<Stream?>(new BreakingStream())));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../../../../etc/passwd")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("../aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\0")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/")]
    public async Task Nothing_but_a_digest_becomes_part_of_a_path(string key)
    {
        var symbols = new SymbolFolder(_folder.Path);
        await Assert.ThrowsAsync<ArgumentException>(() => symbols.PutAsync(key, _ => Task.FromResult<Stream?>(new MemoryStream([1]))));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task The_file_used_longest_ago_goes_when_the_folder_is_full()
    {
        var clock = new SteppingClock();
        var symbols = new SymbolFolder(_folder.Path, mostBytes: 25, clock);
        Task<string?> Put(char name) => symbols.PutAsync(new string(name, 64), _ => Task.FromResult<Stream?>(new MemoryStream(new byte[10])));
        await Put('a');
        await Put('b');
        await Put('a');
        await Put('c');
        Assert.Equal(["a", "c"], Directory.EnumerateFiles(_folder.Path).Select(f => Path.GetFileName(f)[..1]).Order(StringComparer.Ordinal));
    }

    public void Dispose() => _folder.Dispose();

    private sealed class SteppingClock : TimeProvider
    {
        private int _minutes;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddYears(55).AddMinutes(_minutes++);
    }

    /// <summary>A source that fails half way.</summary>
    private sealed class BreakingStream : MemoryStream
    {
        private bool _read;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_read) throw new IOException("gone");
            _read = true;
            return ValueTask.FromResult(1);
        }

        public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
        {
            var buffer = new byte[16];
            while (await ReadAsync(buffer, cancellationToken) is > 0 and var read) await destination.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }
    }
}
