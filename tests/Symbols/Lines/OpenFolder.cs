namespace MemScope.Symbols.Tests.Lines;

/// <summary>A temporary folder that the tools' user can pass, deleted at the end.</summary>
internal sealed class OpenFolder : IDisposable
{
    public OpenFolder()
    {
        Path = Directory.CreateTempSubdirectory("memscope-").FullName;
        File.SetUnixFileMode(Path, (UnixFileMode)0b111_001_001);
    }

    public string Path { get; }

    /// <summary>A copy of a fixture that everybody can read.</summary>
    public string Copy(string fixture) => Write(System.IO.Path.GetFileName(fixture), Fixture.Bytes(fixture));

    public string Write(string name, byte[] content)
    {
        var path = System.IO.Path.Combine(Path, name);
        File.WriteAllBytes(path, content);
        File.SetUnixFileMode(path, (UnixFileMode)0b110_100_100);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
