using MemScope.Core;
using MemScope.Storage.Live;
using MemScope.Storage.Symbols;
using MemScope.Symbols.Demangling;
using MemScope.Symbols.Lines;
using MemScope.Web.Hosting;
using MemScope.Web.Ingest;

namespace MemScope.Web.Symbolication;

/// <summary>Registration of what names frames.</summary>
internal static class SymbolicationServices
{
    /// <summary>Adds the catalog of symbol files, the two children that demangle and read lines, and the client of debuginfod servers.</summary>
    public static IServiceCollection AddSymbolication(this IServiceCollection services) => services
        .AddSingleton(s => new SymbolFolder(Path.Combine(s.GetRequiredService<ServerOptions>().DataFolder, "symbols"), time: s.GetRequiredService<TimeProvider>()))
        .AddSingleton<SymbolCatalog>()
        .AddSingleton(s => new Demangler(s.GetRequiredService<TimeProvider>()))
        .AddSingleton(s => new LineSymbolizer(s.GetRequiredService<Demangler>(), s.GetRequiredService<TimeProvider>()))
        .AddSingleton<LineNames>().AddHostedService(s => s.GetRequiredService<LineNames>())
        .AddSingleton<SymbolIntake>()
        .AddSingleton(s => new DebuginfodClient(s.GetRequiredService<ServerOptions>().Debuginfod, s.GetRequiredService<BodySpool>(), s.GetRequiredService<Limits>()))
        .AddSingleton(s => new Debuginfod(s.GetRequiredService<ServerOptions>().Debuginfod, s.GetRequiredService<DebuginfodClient>(), s.GetRequiredService<DebuginfodAnswerStore>(), s.GetRequiredService<SymbolIntake>(),
            s.GetRequiredService<ChangeFeed>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<Debuginfod>>()))
        .AddHostedService(s => s.GetRequiredService<Debuginfod>())
        .AddHostedService<StackSurvey>()
        .AddSingleton<Answers.SymbolNeeds>()
        .AddSingleton<FrameNaming>()
        .AddSingleton<StackNaming>();
}
