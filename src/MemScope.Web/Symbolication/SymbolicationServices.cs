using MemScope.Storage.Symbols;
using MemScope.Symbols.Demangling;
using MemScope.Symbols.Lines;
using MemScope.Web.Answers;
using MemScope.Web.Hosting;

namespace MemScope.Web.Symbolication;

/// <summary>Registration of what names frames.</summary>
internal static class SymbolicationServices
{
    /// <summary>Adds the catalog of symbol files, the two children that demangle and read lines, and the answers about stacks.</summary>
    public static IServiceCollection AddSymbolication(this IServiceCollection services) => services
        .AddSingleton(s => new SymbolFolder(s.GetRequiredService<SymbolFileStore>(), Path.Combine(s.GetRequiredService<ServerOptions>().DataFolder, "symbols")))
        .AddSingleton<SymbolCatalog>()
        .AddSingleton<Demangler>()
        .AddSingleton<LineSymbolizer>()
        .AddSingleton<SymbolIntake>()
        .AddSingleton<FrameNaming>()
        .AddSingleton<TraceCache>()
        .AddSingleton<StackAnswers>();
}
