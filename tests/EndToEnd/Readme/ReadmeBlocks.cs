using MemScope.EndToEnd.Tests.Hosting;

namespace MemScope.EndToEnd.Tests.Readme;

/// <summary>The blocks of README.md that are marked as <c>sh</c>: each is run by a test exactly as printed, but for the server's address.</summary>
internal static class ReadmeBlocks
{
    /// <summary>The address that is printed.</summary>
    public const string PrintedAddress = "http://127.0.0.1:5220";

    /// <summary>All of them, in order.</summary>
    public static IReadOnlyList<string> All { get; } =
        [.. File.ReadAllText(Repository.PathOf("README.md")).Split("```sh\n").Skip(1).Select(b => b.Split("```")[0])];

    /// <summary>The one that holds a text.</summary>
    public static string With(string text) => Assert.Single(All, b => b.Contains(text, StringComparison.Ordinal));
}
