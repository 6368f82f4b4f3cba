namespace MemScope.Web.Administration;

/// <summary>Registration of what administrators use.</summary>
internal static class AdministrationServices
{
    /// <summary>Adds it.</summary>
    public static IServiceCollection AddAdministration(this IServiceCollection services) => services.AddSingleton<TokenKeeping>();
}
