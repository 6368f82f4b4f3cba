namespace MemScope.Agent.Sending;

/// <summary>A file as the body of requests: opened anew for each attempt. Standard input is kept in memory for that.</summary>
internal sealed class FileBody : IDisposable
{
    private readonly string? _path;
    private readonly byte[]? _bytes;
    private FileStream? _open;

    /// <summary>The file at <paramref name="path"/>.</summary>
    public FileBody(string path) => (_path, Name) = (path, Path.GetFileName(path));

    private FileBody(byte[] bytes) => (_bytes, Name) = (bytes, "stdin");

    /// <summary>Its name without folders.</summary>
    public string Name { get; }

    /// <summary>A key of this run: sending again does not store twice, but the same file may be uploaded another day.</summary>
    public string Key { get; } = Guid.NewGuid().ToString();

    /// <summary>All of standard input.</summary>
    public static FileBody OfStandardInput()
    {
        using var input = Console.OpenStandardInput();
        using var copy = new MemoryStream();
        input.CopyTo(copy);
        return new FileBody(copy.ToArray());
    }

    /// <summary>The content from its beginning.</summary>
    public HttpContent Open()
    {
        if (_bytes is not null) return new ByteArrayContent(_bytes);
        _open?.Dispose();
        _open = new FileStream(_path!, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return new StreamContent(_open);
    }

    /// <inheritdoc/>
    public void Dispose() => _open?.Dispose();
}
