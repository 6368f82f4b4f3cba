namespace MemScope.Web.Sharing;

/// <summary>Registration and routes of shares.</summary>
internal static class ShareServices
{
    /// <summary>Adds what makes and reads shares.</summary>
    public static IServiceCollection AddSharing(this IServiceCollection services) => services;

    /// <summary>Maps the chart data of a share's page; open to everyone who holds the key.</summary>
    public static void MapSharedSeries(this IEndpointRouteBuilder routes) { }
}
