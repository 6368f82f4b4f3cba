using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Hosting;

/// <summary>Where the sources lie that these tests were built from.</summary>
internal static class Repository
{
    /// <summary>The folder of MemScope.sln.</summary>
    public static string Root => Fixtures.RepositoryRoot;

    /// <summary><c>Debug</c> or <c>Release</c>: the configuration that the tests were built in.</summary>
    public static string Configuration { get; } = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    /// <summary>A file of the repository.</summary>
    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);
}
