using MemScope.EndToEnd.Tests.Hosting;

namespace MemScope.EndToEnd.Tests.Api;

/// <summary>One server for the tests that only add to it; each takes a host of its own.</summary>
public sealed class ApiServer : IAsyncLifetime
{
    private ServerProcess? _server;

    /// <summary>The running server.</summary>
    internal ServerProcess Server => _server!;

    /// <inheritdoc/>
    public async Task InitializeAsync() => _server = await ServerProcess.StartAsync();

    /// <inheritdoc/>
    public Task DisposeAsync() => Server.DisposeAsync().AsTask();
}

/// <summary>The tests that share a server.</summary>
[CollectionDefinition(nameof(ApiTests))]
public sealed class ApiTests : ICollectionFixture<ApiServer>;
