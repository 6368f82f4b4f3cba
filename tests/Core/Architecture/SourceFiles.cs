using MemScope.Tests;

namespace MemScope.Core.Tests.Architecture;

/// <summary>The C# files of a folder, without what a build makes.</summary>
internal static class SourceFiles
{
    /// <summary>Paths below <paramref name="folder"/> of the repository.</summary>
    public static IEnumerable<string> Of(params string[] folder) =>
        Directory.EnumerateFiles(Path.Combine([Fixtures.RepositoryRoot, .. folder]), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/bin/", StringComparison.Ordinal) && !f.Contains("/obj/", StringComparison.Ordinal));

    /// <summary>Files whose text holds <paramref name="text"/>, relative to the repository.</summary>
    public static IReadOnlyList<string> Mentioning(string text, params string[] folder) =>
        [.. Of(folder).Where(f => File.ReadAllText(f).Contains(text, StringComparison.Ordinal)).Select(f => Path.GetRelativePath(Fixtures.RepositoryRoot, f))];
}
