using MemScope.Web.Wire;

namespace MemScope.Web.Sharing;

/// <summary>What a program that draws a preview of a link (Open Graph) may learn of a share: nothing, unless its sender said otherwise.</summary>
/// <param name="Title">Text of <c>og:title</c>.</param>
/// <param name="Description">Text of <c>og:description</c>.</param>
public sealed record LinkPreview(string Title, string Description)
{
    // Names by which programs that fetch a link for its preview, an index or an archive call themselves, in lower case.
    private static readonly string[] Programs =
        ["bot", "crawler", "spider", "preview", "unfurl", "slurp", "embedly", "facebookexternalhit", "facebot", "whatsapp", "mattermost", "rocket.chat", "iframely", "skypeuri", "pinterest", "vkshare", "archiver"];

    /// <summary>The preview that gives nothing away.</summary>
    public static LinkPreview Neutral { get; } = new("A shared view · MemScope", "Frozen evidence about the memory of a process. Open the link to read it.");

    /// <summary>The preview of a view.</summary>
    public static LinkPreview Of(SharedViewWire view)
    {
        ArgumentNullException.ThrowIfNull(view);
        return view.Request.OpenGraph ? new LinkPreview(view.Title, new Ticket(view).Answer ?? "") : Neutral;
    }

    /// <summary>Whether a client says of itself that it is such a program. One that does not say so is a reader.</summary>
    public static bool IsAskedBy(string? userAgent) => userAgent is not null && Programs.Any(p => userAgent.Contains(p, StringComparison.OrdinalIgnoreCase));
}

/// <summary>A visit to a share that is open.</summary>
/// <param name="View">What it shows; null to a program that only draws a preview.</param>
/// <param name="Preview">What its head may tell.</param>
public sealed record SharedVisit(SharedViewWire? View, LinkPreview Preview);
