using System.Security.Cryptography;
using MemScope.Storage.Symbols;

namespace MemScope.Web.Symbolication;

/// <summary>
/// Symbol files as files: the DWARF child and the ELF reader need a path. A copy of what the database holds, named by its SHA-256, so a path never comes from a user's text.
/// The folder may be deleted at any time; it fills again.
/// </summary>
public sealed class SymbolFolder(SymbolFileStore store, string folder)
{
    /// <summary>Path of a symbol file, fetched from the database when it is not there yet; null when it was deleted.</summary>
    public async Task<string?> PathOfAsync(SymbolFileRow file, CancellationToken cancel)
    {
        var path = Path.Combine(folder, file.Sha256);
        if (File.Exists(path)) return path;
        await using var content = await store.OpenAsync(file.Id, cancel);
        if (content is null) return null;

        // The child process runs as another user: it must be able to read what it is given.
        const UnixFileMode Folder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        Directory.CreateDirectory(folder, Folder);
        var part = $"{path}.{RandomNumberGenerator.GetHexString(8)}";
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead,
        };
        await using (var target = new FileStream(part, options)) await content.CopyToAsync(target, cancel);
        File.Move(part, path, overwrite: true);
        return path;
    }
}
