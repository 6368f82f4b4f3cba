using MemScope.Symbols.Children;

namespace MemScope.Symbols.Demangling;

/// <summary>
/// Turns mangled names into readable ones through a long-lived <c>c++filt</c> (or <c>llvm-cxxfilt</c>) child without privileges: C++ and Rust. Without either tool
/// names stay as they are and <see cref="Unavailable"/> says what to install. Names are hostile: nothing but mangled names reaches the child, and one that hangs or
/// brings it down stays mangled.
/// <code>
/// await using var demangler = new Demangler();
/// var names = await demangler.DemangleAsync(["_ZN4core3fmt5Write9write_str17h0123456789abcdefE", "main"]); // core::fmt::Write::write_str, main
/// </code>
/// </summary>
public sealed class Demangler : IAsyncDisposable
{
    private const long CachedCharacters = 8 << 20;
    private const int NamesPerCall = 4096;

    private static readonly ChildLimits Limits = new()
    {
        AddressSpaceBytes = 1L << 30,
        AnswerBytes = 256 << 10,
        AnswerTime = TimeSpan.FromSeconds(2),
        BatchTime = TimeSpan.FromSeconds(10),
    };

    private static readonly LineProgram[] Programs =
    [
        // binutils' first: names are then those of addr2line -C, and it reads names that llvm-cxxfilt 14 leaves (497 of 33,833 of libceph-common; binutils 2.40 leaves 50).
        new("c++filt", ["-i"], "_Z1fv", IsRight), // -i leaves out the hashes of Rust's crates
        new("llvm-cxxfilt", [], "_Z1fv", IsRight),
    ];

    private readonly NameCache _cache = new(CachedCharacters);
    private readonly LineTool _tool;

    /// <summary>Makes one; no process is started before the first mangled name comes.</summary>
    public Demangler(TimeProvider? time = null) : this(Programs, Limits, time ?? TimeProvider.System)
    {
    }

    internal Demangler(IReadOnlyList<LineProgram> programs, ChildLimits limits, TimeProvider time) =>
        _tool = new LineTool(programs, limits, "Names stay mangled: install binutils (c++filt) or llvm (llvm-cxxfilt).", time);

    /// <summary>Why names stay mangled, with advice; null as long as they do not.</summary>
    public string? Unavailable => _tool.Unavailable;

    /// <summary>The tool in use, or null before the first use.</summary>
    public string? ToolName => _tool.ProgramName;

    internal int? ChildPid => _tool.ChildPid;

    /// <summary>One name for each, in order: demangled where it can be, else unchanged. Never throws but for <paramref name="cancel"/>.</summary>
    /// <exception cref="OperationCanceledException">The caller went away.</exception>
    public async Task<IReadOnlyList<string>> DemangleAsync(IReadOnlyList<string> names, CancellationToken cancel = default)
    {
        var result = new string[names.Count];
        var asked = new Dictionary<string, MangledName>(StringComparer.Ordinal);
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = names[i];
            if (_cache.TryGet(names[i], out var known)) result[i] = known;
            else if (MangledName.TryParse(names[i], out var mangled)) asked[names[i]] = mangled;
        }
        if (asked.Count == 0) return result;
        var found = await AskAsync(asked, cancel);
        for (var i = 0; i < result.Length; i++) result[i] = found.GetValueOrDefault(names[i], result[i]);
        return result;
    }

    /// <summary>One name; see <see cref="DemangleAsync(IReadOnlyList{string}, CancellationToken)"/>.</summary>
    public async Task<string> DemangleAsync(string name, CancellationToken cancel = default) => (await DemangleAsync([name], cancel))[0];

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _tool.DisposeAsync();

    private static bool IsRight(string answer) => string.Equals(answer, "f()", StringComparison.Ordinal);

    private async Task<Dictionary<string, string>> AskAsync(Dictionary<string, MangledName> asked, CancellationToken cancel)
    {
        var found = new Dictionary<string, string>(asked.Count, StringComparer.Ordinal);
        var forTool = new List<KeyValuePair<string, MangledName>>(asked.Count);
        foreach (var pair in asked)
        {
            if (RustLegacyName.Demangle(pair.Value.Core) is { } path) Keep(pair.Key, pair.Value.Append(path));
            else forTool.Add(pair);
        }
        foreach (var some in forTool.Chunk(NamesPerCall))
        {
            var answers = await _tool.AskAsync([.. some.Select(s => s.Value.Core)], cancel);
            for (var i = 0; i < some.Length; i++)
            {
                var (name, mangled) = some[i];
                // A name that the tool hung or died at is kept as it is, so that it is not tried again.
                if (answers[i].Text is { } text) Keep(name, string.Equals(text, mangled.Core, StringComparison.Ordinal) ? name : mangled.Append(text));
                else if (answers[i].Fault != ChildFault.NotAsked) Keep(name, name);
            }
        }
        return found;

        void Keep(string name, string demangled)
        {
            _cache.Add(name, demangled);
            found[name] = demangled;
        }
    }
}
