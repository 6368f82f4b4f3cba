using System.Text.RegularExpressions;

namespace MemScope.Web.Sharing.Redaction;

/// <summary>Takes folders out of paths; the name of the file stays: <c>/…/libucs.so</c>. What the kernel names alike everywhere (<c>/proc/self/maps</c>, <c>/sys/…</c>, <c>/dev/nvidia0</c>) stays whole.</summary>
internal static partial class PathText
{
    /// <summary>Names in home folders that say nothing about a person.</summary>
    private static readonly HashSet<string> Nobody = new(StringComparer.OrdinalIgnoreCase) { "user", "users", "app", "ubuntu", "debian", "root", "admin", "runner", "build", "work", "data", "home" };

    /// <summary>A text that is one path, or a name without a folder.</summary>
    public static string Whole(string path)
    {
        var slash = path.LastIndexOf('/');
        if (slash <= 0 || IsOfKernel(path)) return path;
        return path[0] is '[' or '{' ? Within(path) : (path[0] == '/' ? "/…/" : "…/") + path[(slash + 1)..];
    }

    /// <summary>A text that may quote paths.</summary>
    public static string Within(string text) => text.Contains('/', StringComparison.Ordinal) ? HomeFolder().Replace(Quoted().Replace(text, m => IsOfKernel(m.Value) ? m.Value : "/…/" + m.Groups["name"].Value), "/…/") : text;

    /// <summary>Names of people whose home folders a text names.</summary>
    public static IEnumerable<string> Users(string text) => text.Contains("/home/", StringComparison.Ordinal) || text.Contains("/Users/", StringComparison.Ordinal)
        ? HomeFolder().Matches(text).Select(m => m.Groups["user"].Value).Where(u => u.Length > 2 && !Nobody.Contains(u)) : [];

    private static bool IsOfKernel(string path) =>
        (path.StartsWith("/proc/", StringComparison.Ordinal) && !path.Contains("/root/", StringComparison.Ordinal) && !path.Contains("/cwd/", StringComparison.Ordinal))
        || path.StartsWith("/sys/", StringComparison.Ordinal) || (path.StartsWith("/dev/", StringComparison.Ordinal) && path.LastIndexOf('/') == 4);

    // A path of at least one folder. An address of a web page does not match: its slashes stand behind a slash or a letter.
    [GeneratedRegex("""(?:(?<![\w./~…])|(?<=file://))(?:~|\.{1,2})?/(?:[^\s/"'`<>|,;:()\[\]{}*]+/)+(?<name>[^\s/"'`<>|,;:()\[\]{}*]*)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Quoted();

    [GeneratedRegex("""/(home|Users)/(?<user>[^\s/"'`<>|,;:()\[\]{}]+)/?""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HomeFolder();
}
