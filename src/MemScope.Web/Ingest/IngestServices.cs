namespace MemScope.Web.Ingest;

/// <summary>Registration of uploads.</summary>
internal static class IngestServices
{
    /// <summary>Adds what receives files.</summary>
    public static IServiceCollection AddIngest(this IServiceCollection services) => services;
}
