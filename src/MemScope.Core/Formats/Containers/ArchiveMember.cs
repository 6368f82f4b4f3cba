namespace MemScope.Core.Formats.Containers;

/// <summary>A file in an archive; its content is read before the next one is asked for.</summary>
/// <param name="Name">Path in the archive.</param>
/// <param name="ModifiedAt">Modification time (UTC), or null.</param>
/// <param name="Content">Its bytes; may throw <see cref="CaptureRefusedException"/> where the archive ends early.</param>
internal sealed record ArchiveMember(string Name, DateTimeOffset? ModifiedAt, Stream Content);
