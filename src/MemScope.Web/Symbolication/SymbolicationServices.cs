namespace MemScope.Web.Symbolication;

/// <summary>Registration of symbolication.</summary>
internal static class SymbolicationServices
{
    /// <summary>Adds it.</summary>
    public static IServiceCollection AddSymbolication(this IServiceCollection services) => services;
}
