using System.Xml.Linq;
using MemScope.Tests;

namespace MemScope.Web.Tests.Architecture;

public sealed class ArrowTests
{
    // docs/decisions/0001: arrows point down.
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["MemScope.Core"] = [],
        ["MemScope.Symbols"] = [],
        ["MemScope.Storage"] = ["MemScope.Core"],
        ["MemScope.Migrations"] = ["MemScope.Storage"],
        ["MemScope.Agent"] = ["MemScope.Core", "MemScope.Symbols"],
        ["MemScope.Web"] = ["MemScope.Core", "MemScope.Migrations", "MemScope.Storage", "MemScope.Symbols"],
    };

    public static TheoryData<string> Projects => [.. RepositoryFiles.In("src", ".csproj"), .. RepositoryFiles.In("migrations", ".csproj")];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_refers_only_to_projects_below_it(string project)
    {
        var name = Path.GetFileNameWithoutExtension(project);
        var references = XDocument.Parse(RepositoryFiles.Read(project)).Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value));
        Assert.Subset(Allowed[name].ToHashSet(StringComparer.Ordinal), references.ToHashSet(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = RepositoryFiles.Read("MemScope.sln").Replace('\\', '/');
        var projects = RepositoryFiles.In("", ".csproj");
        Assert.True(projects.Count > 8, "the projects were not found");
        Assert.All(projects, p => Assert.Contains(p, solution, StringComparison.Ordinal));
    }

    [Fact]
    public void Only_storage_knows_the_database()
    {
        var others = RepositoryFiles.In("src", ".cs", ".razor").Where(f => !f.StartsWith("src/MemScope.Storage/", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(others);
        Assert.Empty(RepositoryFiles.Mentioning(others, "Npgsql.", "using Npgsql", "EntityFrameworkCore", "IQueryable"));
        Assert.NotEmpty(RepositoryFiles.Mentioning(RepositoryFiles.In("src/MemScope.Storage", ".cs"), "using Npgsql"));
    }

    [Fact]
    public void No_query_leaves_storage()
    {
        var methods = typeof(Storage.StorageServices).Assembly.GetExportedTypes().SelectMany(t => t.GetMethods().Where(m => m.DeclaringType == t)).ToList();
        Assert.NotEmpty(methods);
        Assert.DoesNotContain(methods, m => m.DeclaringType != typeof(Storage.MemScopeDbContext)
            && Parts(m.ReturnType).Any(t => t.Name.StartsWith("IQueryable", StringComparison.Ordinal) || t.Name.StartsWith("DbSet", StringComparison.Ordinal)));
    }

    [Fact]
    public void Component_library_markup_stays_in_the_components()
    {
        var outside = RepositoryFiles.In("src", ".razor", ".cs")
            .Where(f => !f.StartsWith("src/MemScope.Web/Components/", StringComparison.Ordinal) && f != "src/MemScope.Web/Program.cs").ToList();
        Assert.Empty(RepositoryFiles.Mentioning(outside, "<Radzen", "@using Radzen", "using Radzen"));
    }

    private static IEnumerable<Type> Parts(Type type) => type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Append(type) : [type];
}
