using MemScope.Storage.Captures;
using MemScope.Storage.Symbols;
using MemScope.Web.Symbolication;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Which symbol files are missing, over all processes.</summary>
public sealed class SymbolNeeds(StackModuleStore store, FrameNaming naming)
{
    /// <summary>Modules that are looked at, those behind the most bytes.</summary>
    private const int Most = 200;

    /// <summary>Modules with frames that no tool named, with what their files tell; those whose names are still missing first, and of these those behind the most bytes.</summary>
    public async Task<IReadOnlyList<ModuleNeedWire>> ListAsync(CancellationToken cancel)
    {
        var wires = new List<ModuleNeedWire>();
        foreach (var need in await store.NeedsAsync(Projects.Default, Most, cancel))
        {
            var status = await naming.StatusAsync(need.Module, need.BuildId, cancel);
            var advice = SymbolAdvice.For(need.Module, need.BuildId ?? status.BuildId);
            wires.Add(new ModuleNeedWire(need.Module, need.BuildId ?? status.BuildId, status.Symbols, need.Frames, need.Nameless, need.NamelessBytes, need.Processes)
            {
                File = status.File, Note = status.Note, Candidates = advice.Candidates, Command = advice.Command, Hints = advice.Hints,
            });
        }
        return [.. wires.OrderBy(w => w.Symbols is "lines" or "functions" or "mini" or "tool-missing")];
    }
}
