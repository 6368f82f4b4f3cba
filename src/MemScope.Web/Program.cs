using MemScope.Storage.Postgres;
using MemScope.Web.Hosting;

if (args is [.., "--help" or "-h"])
{
    Console.WriteLine(args.Length == 1 ? ServerOptions.Usage : Maintenance.Usage);
    return 0;
}
try
{
    if (Maintenance.Parse(args, Environment.GetEnvironmentVariable) is { } maintenance)
    {
        using var shared = maintenance.Database is null ? PrivatePostgres.Start(maintenance.DataFolder) : null;
        return await maintenance.RunAsync(shared, Console.Out, CancellationToken.None);
    }
    var options = ServerOptions.Parse(args, Environment.GetEnvironmentVariable);
    // Before the first await: the database child ends with the thread that started it, so that must be the main one.
    var postgres = options.Database is null ? PrivatePostgres.Start(options.DataFolder) : null;
    await using var app = Server.Build(options, postgres);
    await Server.PrepareAsync(app);
    await app.RunAsync();
    return 0;
}
catch (FormatException e)
{
    return Refuse(e.Message, 78); // EX_CONFIG of sysexits.h
}
catch (PostgresUnavailableException e)
{
    return Refuse(e.Message, 69); // EX_UNAVAILABLE
}

static int Refuse(string message, int exitCode)
{
    Console.Error.WriteLine($"memscope: {message}");
    return exitCode;
}
