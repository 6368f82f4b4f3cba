using System.IO.Compression;
using System.Text;
using MemScope.Tests;

namespace MemScope.Web.Tests.Architecture;

/// <summary>The files of the repository, without what a build or a package manager makes.</summary>
internal static class RepositoryFiles
{
    private static readonly string[] Made = ["bin", "obj", "node_modules", ".git", ".memscope", "artifacts", "TestResults", "BenchmarkDotNet.Artifacts"];

    /// <summary>Paths relative to the repository below one of its folders ("" for all), with one of the endings.</summary>
    public static IReadOnlyList<string> In(string folder, params string[] endings) =>
        [.. Walk(Path.Combine(Fixtures.RepositoryRoot, folder)).Where(f => endings.Length == 0 || endings.Any(e => f.EndsWith(e, StringComparison.Ordinal))).Select(Relative)];

    /// <summary>Text of a file.</summary>
    public static string Read(string path) => File.ReadAllText(Path.Combine(Fixtures.RepositoryRoot, path));

    /// <summary>Bytes of a gzip file without the gzip, as Latin-1.</summary>
    public static string Unpacked(string path)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(Path.Combine(Fixtures.RepositoryRoot, path)), CompressionMode.Decompress), Encoding.Latin1);
        return reader.ReadToEnd();
    }

    /// <summary>Those of <paramref name="files"/> whose text holds one of <paramref name="words"/>.</summary>
    public static IReadOnlyList<string> Mentioning(IEnumerable<string> files, params string[] words) =>
        [.. files.Where(f => Read(f) is var text && words.Any(w => text.Contains(w, StringComparison.Ordinal)))];

    private static IEnumerable<string> Walk(string folder) =>
        Directory.EnumerateFiles(folder).Concat(Directory.EnumerateDirectories(folder).Where(d => !Made.Contains(Path.GetFileName(d)) && Relative(d) != "wwwroot/lib").SelectMany(Walk));

    private static string Relative(string path) => Path.GetRelativePath(Fixtures.RepositoryRoot, path);
}
