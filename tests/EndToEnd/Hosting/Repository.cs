namespace MemScope.EndToEnd.Tests.Hosting;

/// <summary>Where the sources lie that these tests were built from.</summary>
internal static class Repository
{
    /// <summary>The folder of MemScope.sln.</summary>
    public static string Root { get; } = Find();

    /// <summary><c>Debug</c> or <c>Release</c>: the configuration that the tests were built in.</summary>
    public static string Configuration { get; } = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    /// <summary>A file of the repository.</summary>
    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MemScope.sln"))) return folder.FullName;
        }
        throw new DirectoryNotFoundException($"MemScope.sln is in no folder above {AppContext.BaseDirectory}");
    }
}
