using System.Collections.Concurrent;
using MemScope.Symbols.Children;
using MemScope.Symbols.Demangling;

namespace MemScope.Symbols.Lines;

/// <summary>
/// Source lines and inlined functions from DWARF, through long-lived children without privileges, one per file: binutils' <c>addr2line</c>, or <c>llvm-symbolizer</c> where that is
/// missing or does not know the file's machine (docs/decisions/0021). A file at which a child hangs, dies or talks without end is put aside and not asked again. Without a
/// program every answer is <see cref="SymbolMiss.Unsupported"/> and <see cref="Unavailable"/> says what to install; names from <see cref="SymbolTable"/> need none.
/// <code>
/// var (frames, miss, reason) = await symbolizer.SymbolizeAsync("/var/lib/memscope/symbols/5a09…", 0x3186);
/// </code>
/// </summary>
public sealed class LineSymbolizer : IAsyncDisposable
{
    private const int RememberedFiles = 4096;
    private const int AddressesPerCall = 1024;
    private const string Install = "Source lines and inlined functions are missing: install binutils (addr2line) or llvm (llvm-symbolizer).";

    // What addr2line says of a function without a linkage name depends on whether it was asked about it before (bfd/dwarf2.c sets is_linkage at the first question): a child
    // that stays says what one run over all addresses says.
    private static readonly ChildLimits Limits = new() { LinesPerLife = 1_000_000 };

    private readonly Demangler _demangler;
    private readonly AddressChildren _children;
    private readonly ConcurrentDictionary<string, FileState> _files = new(StringComparer.Ordinal);

    /// <summary>The programs, the preferred one first.</summary>
    internal static IReadOnlyList<AddressTool> Tools { get; } = [AddressTool.Addr2line, AddressTool.LlvmSymbolizer];

    /// <summary>Makes one; no process is started before the first address comes.</summary>
    /// <param name="demangler">Makes the names readable; not disposed here.</param>
    /// <param name="time">Clock of time-outs.</param>
    public LineSymbolizer(Demangler demangler, TimeProvider? time = null) : this(demangler, Tools, Limits, time ?? TimeProvider.System)
    {
    }

    internal LineSymbolizer(Demangler demangler, IReadOnlyList<AddressTool> tools, ChildLimits limits, TimeProvider time)
    {
        _demangler = demangler;
        _children = new AddressChildren(tools, limits, time);
    }

    /// <summary>Why there are no lines, with advice; null as long as there are.</summary>
    public string? Unavailable => _children.Unavailable is { } reason ? $"{reason} {Install}" : null;

    /// <summary>The program that is asked first, or null before the first address and where none works.</summary>
    public string? ToolName => _children.Tools is [var first, ..] ? first.Name : null;

    internal IReadOnlyList<int> IdlePids => _children.IdlePids;

    /// <summary>The frames of one address; see <see cref="SymbolizeAsync(string, IReadOnlyList{ulong}, CancellationToken)"/>.</summary>
    public async Task<Symbolization> SymbolizeAsync(string elfPath, ulong linkAddress, CancellationToken cancel = default) =>
        (await SymbolizeAsync(elfPath, [linkAddress], cancel))[0];

    /// <summary>The frames of several addresses of one file, an answer for each in order. Names are readable.</summary>
    /// <param name="elfPath">
    /// Full path that the server made itself (by hash, never from a name that was sent), readable for everybody along all its folders when the server is root.
    /// </param>
    /// <param name="linkAddresses">Link addresses; of callers less one. Ask for all of a file at once: a child reads one file.</param>
    /// <param name="cancel">The caller goes away; the child finishes for the next one.</param>
    /// <exception cref="ArgumentException">The path is relative or holds a quote or a control character.</exception>
    public async Task<IReadOnlyList<Symbolization>> SymbolizeAsync(string elfPath, IReadOnlyList<ulong> linkAddresses, CancellationToken cancel = default)
    {
        var results = await SymbolizeMangledAsync(elfPath, linkAddresses, cancel);
        await DemangleAsync(results, cancel);
        return results;
    }

    /// <summary>The same with names as the file has them.</summary>
    internal async Task<Symbolization[]> SymbolizeMangledAsync(string elfPath, IReadOnlyList<ulong> linkAddresses, CancellationToken cancel)
    {
        if (!elfPath.StartsWith('/') || elfPath.Contains('"') || elfPath.Any(char.IsControl)) throw new ArgumentException("not a path that the server made", nameof(elfPath));
        var results = new Symbolization[linkAddresses.Count];
        var file = StateOf(elfPath);
        var asked = new List<int>();
        for (var i = 0; i < results.Length; i++)
        {
            if (file.Problem is { } problem) results[i] = problem;
            else if (file.IsCode(linkAddresses[i])) asked.Add(i);
            // The tools would answer with the nearest symbol, however far.
            else results[i] = Symbolization.Of(SymbolMiss.UnknownAddress, "The address is outside the file's code.");
        }
        foreach (var some in asked.Chunk(AddressesPerCall)) await AskAsync(elfPath, file, linkAddresses, some, results, cancel);
        return results;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _children.DisposeAsync();

    private async Task AskAsync(string path, FileState file, IReadOnlyList<ulong> addresses, int[] asked, Symbolization[] results, CancellationToken cancel)
    {
        var tools = await _children.FindToolsAsync(cancel);
        var wanted = Array.ConvertAll(asked, i => addresses[i]);
        var answered = 0;
        Symbolization? closed = null;
        while (file.Problem is null && file.Tool < tools.Count)
        {
            var tool = tools[file.Tool];
            var (answers, fault, errors) = await _children.AskAsync(tool, path, file.IsProven, wanted, cancel);
            if (fault == ChildFault.Died && errors.Contains("ermission denied", StringComparison.Ordinal))
            {
                closed = SymbolizerAnswer.NotAllowed(tool.Name); // not remembered: rights are mended without a change of the file
                break;
            }
            if (fault is not (ChildFault.None or ChildFault.NotAsked) && answers.Count == 0 && !file.IsProven && file.Tool + 1 < tools.Count)
            {
                file.Tool++; // binutils does not know every machine, and is slow where a file has lines without functions
                continue;
            }
            foreach (var answer in answers) results[asked[answered++]] = answer;
            if (fault is not (ChildFault.None or ChildFault.NotAsked)) file.PutAside(tool.Name, fault);
            else if (fault == ChildFault.None) file.Answered(answers);
            break;
        }
        var rest = file.Problem ?? closed ?? Symbolization.Of(SymbolMiss.Unsupported, Unavailable ?? "There was no time to look the address up.");
        foreach (var i in asked.AsSpan(answered)) results[i] = rest;
        if (file.Problem is { Miss: SymbolMiss.Unsupported } packed) Array.ForEach(asked, i => results[i] = packed);
    }

    private async Task DemangleAsync(Symbolization[] results, CancellationToken cancel)
    {
        var names = results.SelectMany(r => r.Frames).Select(f => f.Function ?? "").ToArray();
        var readable = await _demangler.DemangleAsync(names, cancel);
        var at = 0;
        for (var i = 0; i < results.Length; i++)
        {
            if (results[i].Frames.Count == 0) continue;
            var frames = results[i].Frames.Select(f => f with { Function = readable[at++] is { Length: > 0 } name ? name : null }).ToArray();
            results[i] = results[i] with { Frames = frames };
        }
    }

    private FileState StateOf(string path)
    {
        if (_files.TryGetValue(path, out var known) && known.Stamp == FileState.StampOf(path)) return known;
        if (_files.Count >= RememberedFiles) _files.Clear();
        return _files[path] = FileState.Read(path);
    }
}
