namespace MemScope.Web.Tests.Architecture;

public sealed class HouseRuleTests
{
    private static readonly string[] TextFiles =
        [".cs", ".razor", ".js", ".css", ".md", ".json", ".yml", ".props", ".targets", ".csproj", ".sh", "memscope", "Dockerfile", ".editorconfig", ".gitignore"];

    [Fact]
    public void Strings_of_captures_never_become_markup()
    {
        var files = RepositoryFiles.In("src", ".cs", ".razor").Concat(RepositoryFiles.In("wwwroot", ".js")).ToList();
        Assert.NotEmpty(files);
        Assert.Empty(RepositoryFiles.Mentioning(files, "MarkupString", "AddMarkupContent", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("));
    }

    [Fact]
    public void No_page_loads_anything_from_another_host()
    {
        var files = RepositoryFiles.In("wwwroot", ".js", ".css", ".svg", ".html").Concat(RepositoryFiles.In("src/MemScope.Web", ".razor")).ToList();
        var addresses = files.SelectMany(f => RepositoryFiles.Read(f).Split('"', '\'', '(', ')', ' ', '`').Where(w => w.StartsWith("http://", StringComparison.Ordinal) || w.StartsWith("https://", StringComparison.Ordinal)));
        Assert.DoesNotContain(addresses, a => !IsNameOnly(a));
    }

    [Fact]
    public void The_tree_names_no_package_registry()
    {
        // Put together here, or this file would name them.
        string[] hosts = [string.Concat("registry.", "npmjs"), string.Concat("api.", "nuget.org"), string.Concat("npm.", "pkg.github")];
        Assert.Empty(RepositoryFiles.Mentioning(RepositoryFiles.In("", TextFiles), hosts));
    }

    [Fact]
    public void The_tree_holds_no_path_of_the_machine_it_was_written_on()
    {
        var folder = string.Concat("/wo", "rk/"); // put together here, or this file would hold it
        Assert.Empty(RepositoryFiles.Mentioning(RepositoryFiles.In("", [.. TextFiles, ".txt", ".maps", ".svg", ".html"]), folder));
        Assert.DoesNotContain(RepositoryFiles.In("tests/fixtures", ".gz"), f => RepositoryFiles.Unpacked(f).Contains(folder, StringComparison.Ordinal));
    }

    [Fact]
    public void The_chart_cannot_send_its_data_to_a_foreign_server()
    {
        var config = RepositoryFiles.Read("wwwroot/js/chart.js").Split('\n').Single(l => l.StartsWith("const config =", StringComparison.Ordinal));
        Assert.Contains("plotlyServerURL: ''", config, StringComparison.Ordinal);
        Assert.Contains("modeBarButtonsToRemove: ['sendChartToCloud']", config, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_left_to_do()
    {
        var files = RepositoryFiles.In("src", ".cs", ".razor").Concat(RepositoryFiles.In("tests", ".cs")).Concat(RepositoryFiles.In("wwwroot", ".js", ".css")).Concat(RepositoryFiles.In("scripts", ".sh"));
        Assert.Empty(RepositoryFiles.Mentioning(files, "TO" + "DO", "FIX" + "ME", "NotImplemented" + "Exception"));
    }

    // Namespaces of XML are names, not addresses; the loopback address appears in commands that a page shows.
    private static bool IsNameOnly(string address) => address.StartsWith("http://www.w3.org/", StringComparison.Ordinal) || address.StartsWith("http://127.0.0.1", StringComparison.Ordinal);
}
