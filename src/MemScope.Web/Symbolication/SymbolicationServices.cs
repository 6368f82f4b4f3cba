using MemScope.Symbols.Demangling;
using MemScope.Symbols.Lines;
using MemScope.Web.Hosting;

namespace MemScope.Web.Symbolication;

/// <summary>Registration of what names frames.</summary>
internal static class SymbolicationServices
{
    /// <summary>Adds the catalog of symbol files and the two children that demangle and read lines.</summary>
    public static IServiceCollection AddSymbolication(this IServiceCollection services) => services
        .AddSingleton(s => new SymbolFolder(Path.Combine(s.GetRequiredService<ServerOptions>().DataFolder, "symbols"), time: s.GetRequiredService<TimeProvider>()))
        .AddSingleton<SymbolCatalog>()
        .AddSingleton(s => new Demangler(s.GetRequiredService<TimeProvider>()))
        .AddSingleton(s => new LineSymbolizer(s.GetRequiredService<Demangler>(), s.GetRequiredService<TimeProvider>()))
        .AddSingleton<SymbolIntake>()
        .AddSingleton<FrameNaming>();
}
