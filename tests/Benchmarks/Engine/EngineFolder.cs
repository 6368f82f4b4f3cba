namespace MemScope.Benchmarks.Engine;

/// <summary>A temporary folder that the user nobody may enter: as root the database runs as him.</summary>
internal sealed class EngineFolder : IDisposable
{
    /// <summary>Makes it.</summary>
    public EngineFolder() => Directory.CreateDirectory(Path, (UnixFileMode)Convert.ToInt32("755", 8));

    /// <summary>Where it lies.</summary>
    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"memscope-engine-{Environment.ProcessId}-{Environment.TickCount64:x}");

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
