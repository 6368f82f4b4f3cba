using System.IO.Compression;

namespace MemScope.Tests;

/// <summary>Real captures under tests/fixtures, found from wherever the tests run.</summary>
internal static class Fixtures
{
    /// <summary>Folder of the repository: the one that holds MemScope.sln.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    /// <summary>The whole cases: one process each, with <c>smaps.tar.gz</c>, <c>pmap-x.log.gz</c>, <c>truth.json</c> and so on.</summary>
    public static IReadOnlyList<string> Cases { get; } =
        ["ucx-leak", "raw-mmap-leak", "malloc-leak-cpp", "glibc-fragmentation", "steady-healthy", "plateau"];

    /// <summary>Path of a fixture by its parts below tests/fixtures.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([RepositoryRoot, "tests", "fixtures", .. parts]);

    /// <summary>Path of a file of a case: <c>Case("ucx-leak", "smaps.tar.gz")</c>.</summary>
    public static string Case(string name, string file) => PathOf("cases", name, file);

    /// <summary>The bytes of a fixture as they lie there.</summary>
    public static byte[] Bytes(params string[] parts) => File.ReadAllBytes(PathOf(parts));

    /// <summary>The bytes of a gzipped fixture, decoded.</summary>
    public static byte[] Unzipped(params string[] parts)
    {
        using var file = File.OpenRead(PathOf(parts));
        using var gzip = new GZipStream(file, CompressionMode.Decompress);
        var decoded = new MemoryStream();
        gzip.CopyTo(decoded);
        return decoded.ToArray();
    }

    /// <summary>Name and text of every file in a tar.gz fixture, in the archive's order.</summary>
    public static IEnumerable<(string Name, byte[] Text)> Members(params string[] parts)
    {
        using var tar = new System.Formats.Tar.TarReader(new MemoryStream(Unzipped(parts)));
        while (tar.GetNextEntry(copyData: true) is { } entry)
        {
            if (entry.DataStream is null) continue;
            var text = new MemoryStream();
            entry.DataStream.CopyTo(text);
            yield return (entry.Name, text.ToArray());
        }
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "MemScope.sln"))) return folder.FullName;
        throw new DirectoryNotFoundException("no MemScope.sln above " + AppContext.BaseDirectory);
    }
}
