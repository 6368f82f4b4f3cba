using System.Collections.Concurrent;
using System.Globalization;
using MemScope.Symbols.Children;
using MemScope.Symbols.Demangling;
using MemScope.Symbols.Elf;

namespace MemScope.Symbols.Lines;

/// <summary>
/// Source lines and inlined functions from DWARF, through a long-lived <c>llvm-symbolizer</c> child without privileges. A file at which the child hangs, dies or
/// talks without end is put aside and not asked again. Without the tool every answer is <see cref="SymbolMiss.Unsupported"/> and <see cref="Unavailable"/> says what to
/// install; names from <see cref="SymbolTable"/> need no tool.
/// <code>
/// var (frames, miss, reason) = await symbolizer.SymbolizeAsync("/var/lib/memscope/symbols/5a09…", 0x3186);
/// </code>
/// </summary>
public sealed class LineSymbolizer : IAsyncDisposable
{
    private const int RememberedFiles = 4096;
    private const int AddressesPerCall = 1024;

    private static readonly ChildLimits Limits = new() { LinesPerLife = 50_000 };

    private readonly Demangler _demangler;
    private readonly LineTool _tool;
    private readonly ConcurrentDictionary<string, FileState> _files = new(StringComparer.Ordinal);

    // The folder is no ELF file: the complaint shows that the tool speaks JSON.
    internal static IReadOnlyList<LineProgram> Programs { get; } =
        [new("llvm-symbolizer", ["--output-style=JSON", "--no-demangle"], "\"/\" 0x0", a => a.StartsWith('{') && a.Contains("\"Error\"", StringComparison.Ordinal))];

    /// <summary>Makes one; no process is started before the first address comes.</summary>
    /// <param name="demangler">Makes the names readable; not disposed here.</param>
    /// <param name="time">Clock of time-outs.</param>
    public LineSymbolizer(Demangler demangler, TimeProvider? time = null) : this(demangler, Programs, Limits, time ?? TimeProvider.System)
    {
    }

    internal LineSymbolizer(Demangler demangler, IReadOnlyList<LineProgram> programs, ChildLimits limits, TimeProvider time)
    {
        _demangler = demangler;
        _tool = new LineTool(programs, limits, "Source lines and inlined functions are missing: install llvm (llvm-symbolizer).", time);
    }

    /// <summary>Why there are no lines, with advice; null as long as there are.</summary>
    public string? Unavailable => _tool.Unavailable;

    internal int? ChildPid => _tool.ChildPid;

    /// <summary>The frames of one address; see <see cref="SymbolizeAsync(string, IReadOnlyList{ulong}, CancellationToken)"/>.</summary>
    public async Task<Symbolization> SymbolizeAsync(string elfPath, ulong linkAddress, CancellationToken cancel = default) =>
        (await SymbolizeAsync(elfPath, [linkAddress], cancel))[0];

    /// <summary>The frames of several addresses of one file, an answer for each in order.</summary>
    /// <param name="elfPath">
    /// Full path that the server made itself (by hash, never from a name that was sent), readable for everybody along all its folders when the server is root.
    /// </param>
    /// <param name="linkAddresses">Link addresses; of callers less one.</param>
    /// <param name="cancel">The caller goes away; the child finishes for the next one.</param>
    /// <exception cref="ArgumentException">The path is relative or holds a quote or a control character.</exception>
    public async Task<IReadOnlyList<Symbolization>> SymbolizeAsync(string elfPath, IReadOnlyList<ulong> linkAddresses, CancellationToken cancel = default)
    {
        if (!elfPath.StartsWith('/') || elfPath.Contains('"') || elfPath.Any(char.IsControl)) throw new ArgumentException("not a path that the server made", nameof(elfPath));
        var results = new Symbolization[linkAddresses.Count];
        var file = StateOf(elfPath);
        var asked = new List<int>();
        for (var i = 0; i < results.Length; i++)
        {
            if (file.Problem is { } problem) results[i] = problem;
            else if (file.IsCode(linkAddresses[i])) asked.Add(i);
            // The tool would answer with the nearest symbol, however far.
            else results[i] = Symbolization.Of(SymbolMiss.UnknownAddress, "The address is outside the file's code.");
        }
        foreach (var some in asked.Chunk(AddressesPerCall)) await AskAsync(elfPath, file, linkAddresses, some, results, cancel);
        return results;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _tool.DisposeAsync();

    private async Task AskAsync(string path, FileState file, IReadOnlyList<ulong> addresses, int[] asked, Symbolization[] results, CancellationToken cancel)
    {
        if (file.Problem is { } known)
        {
            foreach (var i in asked) results[i] = known;
            return;
        }
        var lines = Array.ConvertAll(asked, i => string.Create(CultureInfo.InvariantCulture, $"CODE \"{path}\" 0x{addresses[i]:x}"));
        var answers = await _tool.AskAsync(lines, cancel);
        for (var n = 0; n < asked.Length; n++)
        {
            var (text, fault) = answers[n];
            if (text is not null) results[asked[n]] = SymbolizerAnswer.Read(text);
            else if (fault == ChildFault.NotAsked) results[asked[n]] = Symbolization.Of(SymbolMiss.Unsupported, Unavailable ?? "llvm-symbolizer had no time for the address.");
            else results[asked[n]] = file.PutAside(fault);
        }
        await DemangleAsync(asked, results, cancel);
    }

    private async Task DemangleAsync(int[] asked, Symbolization[] results, CancellationToken cancel)
    {
        var names = asked.SelectMany(i => results[i].Frames).Select(f => f.Function ?? "").ToArray();
        var readable = await _demangler.DemangleAsync(names, cancel);
        var at = 0;
        foreach (var i in asked)
        {
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

    /// <summary>What is remembered of a file: where its code is, or why it is not asked about.</summary>
    private sealed class FileState(ElfSegment[] code, Symbolization? problem, (long Bytes, DateTime Changed) stamp)
    {
        public (long Bytes, DateTime Changed) Stamp { get; } = stamp;

        public Symbolization? Problem { get; private set; } = problem;

        public bool IsCode(ulong linkAddress) => Array.Exists(code, s => s.ContainsLinkAddress(linkAddress));

        /// <summary>After a fault: the file brings the tool down and would do it again.</summary>
        public Symbolization PutAside(ChildFault fault)
        {
            var how = fault switch
            {
                ChildFault.TimedOut => "did not answer in time",
                ChildFault.TooLong => "gave an answer without end",
                _ => "came down",
            };
            return Problem = Symbolization.Of(SymbolMiss.Malformed, $"llvm-symbolizer {how} at this file: it is not asked about it again.");
        }

        public static (long Bytes, DateTime Changed) StampOf(string path)
        {
            var file = new FileInfo(path);
            return file.Exists ? (file.Length, file.LastWriteTimeUtc) : default;
        }

        public static FileState Read(string path)
        {
            var stamp = StampOf(path);
            try
            {
                using var stream = File.OpenRead(path);
                return ElfFile.TryRead(stream, out var elf, out var problem)
                    ? new FileState([.. elf.LoadSegments.Where(s => s.IsExecutable)], null, stamp)
                    : new FileState([], Symbolization.Of(problem.Miss, problem.Text), stamp);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return new FileState([], Symbolization.Of(SymbolMiss.NoSymbols, "The symbol file cannot be opened."), stamp);
            }
        }
    }
}
