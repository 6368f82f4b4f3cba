namespace MemScope.Web.Ingest;

/// <summary>Registration of uploads.</summary>
internal static class IngestServices
{
    /// <summary>Adds what receives, reads and stores files.</summary>
    public static IServiceCollection AddIngest(this IServiceCollection services) => services
        .AddSingleton<BodySpool>().AddSingleton<MultipartFiles>().AddSingleton<ReadingSlots>().AddSingleton<InFlightKeys>().AddSingleton<CaptureIntake>();
}
