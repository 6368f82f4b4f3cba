using System.Text.RegularExpressions;
using MemScope.Web.Hosting;
using YamlDotNet.RepresentationModel;

namespace MemScope.Web.Tests.Architecture;

/// <summary>No container engine runs here: what the container files name is held against the code instead.</summary>
public sealed partial class ContainerFilesTests
{
    private static readonly string[] Instructions = ["FROM", "RUN", "WORKDIR", "COPY", "USER", "ENV", "VOLUME", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD", "ARG", "LABEL"];
    private static readonly string ServerSources = string.Concat(RepositoryFiles.In("src/MemScope.Web", ".cs").Select(RepositoryFiles.Read));

    [Fact]
    public void The_compose_file_parses_and_both_services_have_health_checks_and_volumes()
    {
        var compose = Compose();
        var services = Map(compose, "services");
        Assert.Equal(["server", "database"], services.Children.Keys.Select(Text));
        var volumes = Map(compose, "volumes").Children.Keys.Select(Text).ToList();
        foreach (var service in services.Children.Values.Cast<YamlMappingNode>())
        {
            Assert.NotEmpty(List(Map(service, "healthcheck"), "test"));
            Assert.All(List(service, "volumes"), v => Assert.Contains(v.Split(':')[0], volumes));
        }
        Assert.Equal("service_healthy", Text(Map(Map(Map(services, "server"), "depends_on"), "database")["condition"]));
    }

    [Fact]
    public void Every_environment_name_is_one_that_the_server_reads_and_every_value_is_accepted()
    {
        var environment = Map(Map(Map(Compose(), "services"), "server"), "environment").Children.ToDictionary(e => Text(e.Key), e => Text(e.Value), StringComparer.Ordinal);
        Assert.All(environment.Keys.Concat(Names().Matches(RepositoryFiles.Read("Dockerfile")).Select(m => m.Value)), n => Assert.Contains($"\"{n}\"", ServerSources, StringComparison.Ordinal));
        var options = ServerOptions.Parse([], environment.GetValueOrDefault);
        Assert.Equal(environment["MEMSCOPE_DB"], options.Database);
        Assert.True(options.AsksForSignIn, "a server that other machines reach must ask for a sign-in");
    }

    [Fact]
    public void Ports_and_probes_are_those_of_the_server()
    {
        var server = Map(Map(Compose(), "services"), "server");
        var probe = new Uri(List(Map(server, "healthcheck"), "test")[^1]);
        Assert.Equal(ServerOptions.DefaultPort, probe.Port);
        Assert.Contains($"\"{probe.AbsolutePath}\"", ServerSources, StringComparison.Ordinal);
        Assert.All(List(server, "ports"), p => Assert.EndsWith($":{ServerOptions.DefaultPort}", p, StringComparison.Ordinal));
        var dockerfile = RepositoryFiles.Read("Dockerfile");
        Assert.Contains($"EXPOSE {ServerOptions.DefaultPort}\n", dockerfile, StringComparison.Ordinal);
        Assert.Contains(probe.AbsoluteUri, dockerfile, StringComparison.Ordinal);
    }

    [Fact]
    public void The_database_that_the_server_is_told_of_is_the_one_that_is_made()
    {
        var services = Map(Compose(), "services");
        var told = Text(Map(Map(services, "server"), "environment")["MEMSCOPE_DB"]).Split(';').Select(p => p.Split('=')).ToDictionary(p => p[0], p => p[1], StringComparer.Ordinal);
        var made = Map(Map(services, "database"), "environment");
        Assert.Equal("database", told["Host"]);
        Assert.Equal(Text(made["POSTGRES_USER"]), told["Username"]);
        Assert.Equal(Text(made["POSTGRES_PASSWORD"]), told["Password"]);
        Assert.Equal(Text(made["POSTGRES_DB"]), told["Database"]);
    }

    [Fact]
    public void The_dockerfile_parses_and_copies_and_builds_what_exists()
    {
        var instructions = RepositoryFiles.Read("Dockerfile").Replace("\\\n", " ", StringComparison.Ordinal).Split('\n').Where(l => l.Length > 0 && l[0] != '#').ToList();
        Assert.All(instructions, i => Assert.Contains(i.Split(' ')[0], Instructions));
        Assert.Equal("FROM", instructions[0].Split(' ')[0]);
        var publish = Assert.Single(instructions, i => i.StartsWith("RUN dotnet publish", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains(publish[3] + "/MemScope.Web.csproj", RepositoryFiles.In("src", ".csproj"));
        var folder = publish[Array.IndexOf(publish, "-o") + 1];
        var copy = Assert.Single(instructions, i => i.StartsWith("COPY --from", StringComparison.Ordinal)).Split(' ');
        Assert.Equal(folder, copy[2]);
        Assert.Contains($"\"{copy[3]}/{typeof(ServerOptions).Assembly.GetName().Name}.dll\"", instructions[^1], StringComparison.Ordinal);
        Assert.Contains(instructions, i => i.StartsWith("USER ", StringComparison.Ordinal) && !i.EndsWith(" root", StringComparison.Ordinal));
    }

    [GeneratedRegex("MEMSCOPE_[A-Z_]+", RegexOptions.None, 1000)]
    private static partial Regex Names();

    private static YamlMappingNode Compose()
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(RepositoryFiles.Read("docker-compose.yml")));
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    private static YamlMappingNode Map(YamlMappingNode parent, string key) => (YamlMappingNode)parent[key];

    private static List<string> List(YamlMappingNode parent, string key) => [.. ((YamlSequenceNode)parent[key]).Select(Text)];

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value ?? "";
}
