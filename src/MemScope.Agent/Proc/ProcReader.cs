namespace MemScope.Agent.Proc;

/// <summary>Reads whole files of /proc, whose length is not known before. It keeps its buffer, so that watching does not allocate again and again.</summary>
internal sealed class ProcReader
{
    private byte[] _buffer = new byte[256 << 10];

    /// <summary>The content, or null when the process is gone.</summary>
    public byte[]? Read(string path)
    {
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var length = 0;
            for (int read; (read = RandomAccess.Read(file, _buffer.AsSpan(length), length)) > 0;)
            {
                length += read;
                if (length == _buffer.Length) Array.Resize(ref _buffer, length * 2);
            }
            return _buffer[..length];
        }
        catch (IOException)
        {
            return null; // ENOENT before, ESRCH while reading: it has ended
        }
    }
}
