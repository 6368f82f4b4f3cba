namespace MemScope.Core.Formats;

/// <summary>A file of an archive.</summary>
/// <param name="Name">Its path in the archive.</param>
/// <param name="Format">Slug of its format; <c>elf</c> for a program, library or debug file, empty for one that was not read.</param>
public sealed record CaptureMember(string Name, string Format);
