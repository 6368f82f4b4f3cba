namespace MemScope.EndToEnd.Tests.Hosting;

/// <summary>A folder that goes away with its owner. Others may enter it: as root, PostgreSQL runs as another user.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    /// <summary>Makes a new one below the system's temporary folder.</summary>
    public TemporaryFolder()
    {
        FullPath = Directory.CreateTempSubdirectory("memscope-").FullName;
        File.SetUnixFileMode(FullPath, (UnixFileMode)0b111_101_101);
    }

    /// <summary>Its absolute path.</summary>
    public string FullPath { get; }

    /// <summary>A path inside.</summary>
    public string PathOf(string name) => Path.Combine(FullPath, name);

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Directory.Delete(FullPath, recursive: true);
        }
        catch (IOException)
        {
            // A child that is just ending may still write here; the system's temporary folder is cleared anyway.
        }
    }
}
