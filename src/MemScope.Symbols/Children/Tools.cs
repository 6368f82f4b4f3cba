using System.Globalization;

namespace MemScope.Symbols.Children;

/// <summary>Where programs lie: the search path, then the usual folders, then the newest LLVM that has no place in the path.</summary>
internal static class Tools
{
    private const string LlvmParent = "/usr/lib";

    /// <summary>The full path of a program, or null.</summary>
    public static string? Find(string name)
    {
        var path = Environment.GetEnvironmentVariable("PATH")?.Split(':') ?? [];
        foreach (var folder in (IEnumerable<string>)[.. path, "/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", .. LlvmFolders()])
        {
            // A relative entry would make it depend on where the server was started.
            if (!folder.StartsWith('/')) continue;
            var file = Path.Combine(folder, name);
            if (File.Exists(file)) return file;
        }
        return null;
    }

    private static IEnumerable<string> LlvmFolders()
    {
        if (!Directory.Exists(LlvmParent)) return [];
        return Directory.EnumerateDirectories(LlvmParent, "llvm-*").OrderByDescending(Version).Select(f => Path.Combine(f, "bin"));
    }

    private static int Version(string folder) =>
        int.TryParse(folder.AsSpan(folder.LastIndexOf('-') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;
}
