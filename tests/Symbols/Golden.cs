namespace MemScope.Symbols.Tests;

/// <summary>Compares a text with a file that stands beside the fixture. With <c>MEMSCOPE_WRITE_GOLDEN=1</c> it writes the file instead: look at the difference.</summary>
internal static class Golden
{
    public static void Check(string name, string actual)
    {
        var path = Fixture.PathOf(name);
        if (string.Equals(Environment.GetEnvironmentVariable("MEMSCOPE_WRITE_GOLDEN"), "1", StringComparison.Ordinal)) File.WriteAllText(path, actual);
        Assert.True(File.Exists(path), $"{path} is missing");
        Assert.Equal(File.ReadAllText(path), actual);
    }
}
