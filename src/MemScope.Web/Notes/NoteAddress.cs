namespace MemScope.Web.Notes;

/// <summary>Where links of notes may lead. Whoever writes a note is not trusted: a link must neither run a script nor look like a page of this server that it is not.</summary>
public static class NoteAddress
{
    private static readonly string[] Pages = ["/p/", "/compare"];

    /// <summary>Whether it is a page of a process, or of two, on this server: <c>/p/…</c>, <c>/compare?…</c>, without a way out of it.</summary>
    public static bool IsOfThisServer(string? url)
    {
        if (url is null || !Array.Exists(Pages, p => url.StartsWith(p, StringComparison.Ordinal)) || !IsPlain(url)) return false;
        var path = url.Split('?', '#')[0];
        // Browsers take %2e for a dot and resolve the parent folder before they ask.
        return path != "/p/" && (path.StartsWith("/p/", StringComparison.Ordinal) || path is "/compare")
            && !path.Contains("//", StringComparison.Ordinal) && !path.Contains("..", StringComparison.Ordinal) && !path.Contains("/.", StringComparison.Ordinal) && !path.Contains('%', StringComparison.Ordinal);
    }

    /// <summary>Whether it is an address of the web: http or https with a host.</summary>
    public static bool IsOfTheWeb(string? url) =>
        url is not null && IsPlain(url) && (url.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || url.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        && Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.Host.Length > 0 && uri.UserInfo.Length == 0;

    /// <summary>Browsers drop control characters and blanks from addresses and read a backslash as a slash: an address with one is not what it seems.</summary>
    private static bool IsPlain(string url) => !url.Any(c => c is <= ' ' or '\\' or '"' or '<' or '>' or '`' || char.IsControl(c) || char.IsWhiteSpace(c) || char.IsSurrogate(c));
}
