using MemScope.Core;
using MemScope.Core.Model;
using MemScope.Web.Api;
using MemScope.Web.Symbolication;

namespace MemScope.Web.Ingest;

/// <summary>The programs, libraries and debug files that lay in an archive beside its captures: kept on disk while it is read, then stored as symbol files.</summary>
internal sealed class SymbolFileMembers(BodySpool spool, Limits limits) : IAsyncDisposable
{
    private const int MostFiles = 1000;
    private readonly List<(string Name, FileStream Content)> _files = [];
    private int _tooMany;

    /// <summary>Keeps one while the archive is read.</summary>
    public void Take(string name, Stream content)
    {
        if (_files.Count == MostFiles) _tooMany++;
        else _files.Add((name, spool.Receive(content, limits.SymbolFileBytes)));
    }

    /// <summary>Stores them; says how many it kept and why not the others.</summary>
    public async Task<(int Stored, IReadOnlyList<ParseDiagnostic> Refused)> StoreAsync(SymbolIntake intake, CancellationToken cancel)
    {
        var stored = 0;
        var refused = new List<ParseDiagnostic>();
        foreach (var (name, content) in _files)
        {
            try
            {
                await intake.StoreAsync(content, Path.GetFileName(name), cancel);
                stored++;
            }
            catch (ProblemException problem)
            {
                refused.Add(new ParseDiagnostic("CAPTURE004", Severity.Warning, 0, "not kept as a symbol file: " + problem.Message) { Member = name });
            }
        }
        if (_tooMany > 0) refused.Add(new ParseDiagnostic("CAPTURE004", Severity.Warning, 0, $"{_tooMany} symbol files beyond {MostFiles} were not kept; upload them to /api/v1/symbols") { Count = _tooMany });
        return (stored, refused);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var (_, content) in _files) await content.DisposeAsync();
    }
}
