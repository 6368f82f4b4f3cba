using System.Buffers;

namespace MemScope.Symbols.Lines;

/// <summary>
/// Symbol files unpacked for the tools, each named by the SHA-256 of its content and nothing else. A cache: it may be deleted at any time, and the files used longest
/// ago go when it is full.
/// </summary>
/// <remarks>Files are readable for everybody, since the tools run as another user when the server is root; the folder can be passed, but not listed.</remarks>
public sealed class SymbolFolder
{
    private const int DigestDigits = 64;
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private readonly string _root;
    private readonly long _mostBytes;
    private readonly TimeProvider _time;
    private readonly Lock _eviction = new();

    /// <summary>Opens or makes the folder; the rights of the folders above stay as they are.</summary>
    /// <param name="root">Full path.</param>
    /// <param name="mostBytes">Bytes to keep: 4 GiB unless given. The file put last stays even when it is larger.</param>
    /// <param name="time">Clock for the time of use.</param>
    public SymbolFolder(string root, long mostBytes = 4L << 30, TimeProvider? time = null)
    {
        (_root, _mostBytes, _time) = (Path.GetFullPath(root), mostBytes, time ?? TimeProvider.System);
        Directory.CreateDirectory(_root);
        File.SetUnixFileMode(_root, FolderMode);
    }

    /// <summary>The path of a file with that content, written first where it is missing.</summary>
    /// <param name="sha256">Lower-case hex, 64 digits.</param>
    /// <param name="open">Opens the content; null when it is gone. Called only when the file is missing.</param>
    /// <param name="cancel">Ends the copy; nothing half is left.</param>
    /// <returns>The path, or null when <paramref name="open"/> gave nothing.</returns>
    /// <exception cref="ArgumentException"><paramref name="sha256"/> is no digest: nothing else may become part of a path.</exception>
    public async Task<string?> PutAsync(string sha256, Func<CancellationToken, Task<Stream?>> open, CancellationToken cancel = default)
    {
        if (sha256.Length != DigestDigits || sha256.AsSpan().ContainsAnyExcept(HexDigits)) throw new ArgumentException("no SHA-256 in lower-case hex", nameof(sha256));
        var path = Path.Combine(_root, sha256);
        if (!File.Exists(path))
        {
            await using var content = await open(cancel);
            if (content is null) return null;
            await WriteAsync(path, content, cancel);
            Evict(path);
        }
        File.SetLastAccessTimeUtc(path, _time.GetUtcNow().UtcDateTime);
        return path;
    }

    /// <summary>Deletes the file with that content, if it is there.</summary>
    /// <param name="sha256">Lower-case hex, 64 digits.</param>
    /// <exception cref="ArgumentException"><paramref name="sha256"/> is no digest.</exception>
    public void Remove(string sha256)
    {
        if (sha256.Length != DigestDigits || sha256.AsSpan().ContainsAnyExcept(HexDigits)) throw new ArgumentException("no SHA-256 in lower-case hex", nameof(sha256));
        File.Delete(Path.Combine(_root, sha256));
    }

    private static async Task WriteAsync(string path, Stream content, CancellationToken cancel)
    {
        var partial = $"{path}.{Guid.NewGuid():n}.part";
        try
        {
            await using (var file = new FileStream(partial, new FileStreamOptions { Mode = System.IO.FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = FileMode }))
            {
                await content.CopyToAsync(file, cancel);
            }
            // The umask may have taken rights away.
            File.SetUnixFileMode(partial, FileMode);
            File.Move(partial, path, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    private void Evict(string justPut)
    {
        lock (_eviction)
        {
            var files = new DirectoryInfo(_root).GetFiles().Where(f => f.Name.Length == DigestDigits).OrderByDescending(f => f.LastAccessTimeUtc).ToList();
            long kept = new FileInfo(justPut).Length;
            foreach (var file in files.Where(f => !string.Equals(f.FullName, justPut, StringComparison.Ordinal)))
            {
                kept += file.Length;
                if (kept > _mostBytes) file.Delete();
            }
        }
    }
}
