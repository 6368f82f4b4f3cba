using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;
using MemScope.Tests;

namespace MemScope.Core.Tests.Architecture;

public sealed class CoreIsPureTests
{
    private static readonly string[] Outside =
    [
        "System.IO.File", "System.IO.FileInfo", "System.IO.FileStream", "System.IO.Directory", "System.IO.DirectoryInfo", "System.IO.RandomAccess",
        "System.Diagnostics.Process", "System.Console", "System.Threading.Thread", "System.Random",
    ];

    private static readonly string[] OutsideNamespaces = ["System.Net", "System.Data", "Npgsql", "Microsoft.EntityFrameworkCore", "Microsoft.Extensions"];

    [Fact]
    public void Core_uses_neither_files_nor_network_nor_processes_nor_a_database()
    {
        var used = TypesThatCoreUses();
        Assert.Contains("System.IO.Stream", used); // else this test looks at the wrong thing
        Assert.DoesNotContain(used, t => Outside.Contains(t) || OutsideNamespaces.Any(n => t.StartsWith(n + ".", StringComparison.Ordinal)));
    }

    /// <summary>A codec over memory opens no file, so it is no I/O (docs/decisions/0011-zstd-by-pinvoke.md); any other native call could be.</summary>
    [Fact]
    public void The_only_native_library_that_Core_calls_is_the_zstd_codec()
    {
        using var file = new PEReader(File.OpenRead(typeof(Limits).Assembly.Location));
        var metadata = file.GetMetadataReader();
        var imports = metadata.MethodDefinitions.Select(metadata.GetMethodDefinition).Select(m => m.GetImport()).Where(i => !i.Module.IsNil)
            .Select(i => (Library: metadata.GetString(metadata.GetModuleReference(i.Module).Name), Call: metadata.GetString(i.Name))).Distinct().ToList();
        Assert.Equal("libzstd", Assert.Single(imports.Select(i => i.Library).Distinct()));
        Assert.All(imports, i => Assert.StartsWith("ZSTD_", i.Call, StringComparison.Ordinal));
        Assert.DoesNotContain(imports, i => i.Call.Contains("compress", StringComparison.OrdinalIgnoreCase) && !i.Call.Contains("decompress", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Core_reads_no_environment()
    {
        using var file = new PEReader(File.OpenRead(typeof(Limits).Assembly.Location));
        var metadata = file.GetMetadataReader();
        var members = metadata.MemberReferences.Select(metadata.GetMemberReference)
            .Where(m => m.Parent.Kind == HandleKind.TypeReference && metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)m.Parent).Name) == "Environment")
            .Select(m => metadata.GetString(m.Name));
        Assert.DoesNotContain(members, m => m is not ("get_CurrentManagedThreadId" or "get_NewLine")); // those two the compiler writes
    }

    [Theory]
    [InlineData("MemScope.Core")]
    [InlineData("MemScope.Symbols")]
    public void It_has_no_packages_and_no_references(string project)
    {
        var file = XDocument.Load(Path.Combine(Fixtures.RepositoryRoot, "src", project, project + ".csproj"));
        Assert.DoesNotContain(file.Descendants(), e => e.Name.LocalName is "PackageReference" or "ProjectReference" or "FrameworkReference");
    }

    [Fact]
    public void Formats_and_analysis_do_not_know_each_other()
    {
        Assert.NotEmpty(SourceFiles.Of("src", "MemScope.Core", "Formats"));
        Assert.NotEmpty(SourceFiles.Of("src", "MemScope.Core", "Analysis"));
        Assert.Empty(SourceFiles.Mentioning("MemScope.Core.Analysis", "src", "MemScope.Core", "Formats"));
        Assert.Empty(SourceFiles.Mentioning("MemScope.Core.Formats", "src", "MemScope.Core", "Analysis"));
    }

    [Fact]
    public void The_model_knows_neither()
    {
        Assert.NotEmpty(SourceFiles.Of("src", "MemScope.Core", "Model"));
        Assert.Empty(SourceFiles.Mentioning("MemScope.Core.Analysis", "src", "MemScope.Core", "Model"));
        Assert.Empty(SourceFiles.Mentioning("MemScope.Core.Formats", "src", "MemScope.Core", "Model"));
    }

    private static HashSet<string> TypesThatCoreUses()
    {
        using var file = new PEReader(File.OpenRead(typeof(Limits).Assembly.Location));
        var metadata = file.GetMetadataReader();
        return [.. metadata.TypeReferences.Select(metadata.GetTypeReference).Select(t => $"{metadata.GetString(t.Namespace)}.{metadata.GetString(t.Name)}")];
    }
}
