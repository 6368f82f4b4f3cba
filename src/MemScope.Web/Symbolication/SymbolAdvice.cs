using MemScope.Symbols;

namespace MemScope.Web.Symbolication;

/// <summary>How to get the symbols of a module, in commands for the host of the process. Module paths are hostile: they stand quoted, or not at all.</summary>
/// <param name="Candidates">Files to upload, the best first.</param>
/// <param name="Command">The upload of the first as a command.</param>
/// <param name="Hints">Commands that get the file where it is not installed.</param>
internal sealed record SymbolAdvice(IReadOnlyList<string> Candidates, string? Command, IReadOnlyList<string> Hints)
{
    /// <summary>Stands for this server's address in <see cref="Command"/>.</summary>
    public const string Server = "SERVER";

    private const string Deleted = " (deleted)";

    /// <summary>Files of the packages libc6 and libc6-dbg of Debian and Ubuntu.</summary>
    private static readonly HashSet<string> Libc = new(StringComparer.Ordinal)
    {
        "libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2", "librt.so.1", "libresolv.so.2", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1",
    };

    /// <summary>Advice for a module; the candidates are empty where it has no file (<c>[vdso]</c>, code of a JIT).</summary>
    public static SymbolAdvice For(string module, string? buildId)
    {
        var path = module.EndsWith(Deleted, StringComparison.Ordinal) ? module[..^Deleted.Length] : module;
        var candidates = new List<string>();
        var hints = new List<string>();
        var isId = BuildId.TryParse(buildId, out var id);
        if (isId) candidates.Add($"/usr/lib/debug/.build-id/{id.Hex[..2]}/{id.Hex[2..]}.debug");
        var isFile = path.StartsWith('/') && !path.Any(char.IsControl);
        // A replaced file is another one, whatever its name.
        if (isFile && path == module) candidates.Add(path);
        if (!isFile && !isId) return new SymbolAdvice([], null, []);
        if (isFile && Libc.Contains(Path.GetFileName(path))) hints.Add("apt install libc6-dbg");
        else if (isFile && (path.StartsWith("/usr/", StringComparison.Ordinal) || path.StartsWith("/lib", StringComparison.Ordinal))) hints.Add($"find-dbgsym-packages {Quoted(path)}");
        if (isId) hints.Add($"debuginfod-find debuginfo {id.Hex}");
        return new SymbolAdvice(candidates, candidates.Count == 0 ? null : Upload(candidates[0], Server), hints);
    }

    /// <summary>The upload of a file as a command.</summary>
    /// <param name="path">The file.</param>
    /// <param name="server">Address of this server.</param>
    public static string Upload(string path, string server) => $"curl -sS -T {Quoted(path)} {server.TrimEnd('/')}/api/v1/symbols/";

    /// <summary>A word that a shell takes as it is.</summary>
    public static string Quoted(string word) => word.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_' or '+' or ':' or '@' or '=') ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
