namespace MemScope.Core.Formats.Containers;

/// <summary>A file in an archive; its content is read before the next one is asked for.</summary>
/// <param name="Name">Path in the archive.</param>
/// <param name="ModifiedAt">Modification time (UTC), or null.</param>
/// <param name="Content">Its bytes; may throw <see cref="CaptureRefusedException"/> where the archive ends early.</param>
internal sealed record ArchiveMember(string Name, DateTimeOffset? ModifiedAt, Stream Content)
{
    /// <summary>Whether the platform's readers throw this on bytes that are no archive.</summary>
    public static bool IsDamage(Exception e) => e is InvalidDataException or EndOfStreamException or FormatException or ArgumentException or OverflowException or NotSupportedException;
}
