namespace MemScope.Web.Components.Layout;

/// <summary>The keys of every page, for the list that <c>?</c> opens. A key does what the element with its <c>data-key</c> does; a test holds the two against each other.</summary>
public static class Keys
{
    private static readonly (string Key, string Words)[] Everywhere =
    [
        ("/", "Filter; where a page has none, search everything"), ("l", "Copy the link of this view, with its window fixed"), ("?", "This list"), ("Esc", "Leave a field, close"), ("Tab", "Next link, field or button; the first one skips to the content"),
    ];

    private static readonly (string Key, string Words)[] OfProcess =
    [
        ("o", "Overview"), ("r", "Regions"), ("d", "Diff of the window"), ("s", "Stacks"), ("f", "Findings"), ("t", "Trace"), ("[", "Window ends one snapshot earlier"), ("]", "Window ends one snapshot later"),
        ("0", "Whole series"), ("n", "Add a note"), ("e", "Share this view"),
    ];

    // Where nothing was traced yet, Stacks and Trace offer it too.
    private static readonly (string Key, string Words) Probe = ("y", "Copy the command of the next probe");

    private static readonly (string Key, string Words)[] Rows = [("j k", "Next and previous row; in a table also ↓ and ↑"), ("Home End", "First and last row of the table"), ("Enter", "Open the row")];

    private static readonly (string Key, string Words)[] Tree =
    [
        ("↑ ↓ ← →", "Move in the tree of callchains: caller, widest callee, left and right"), ("Home End", "Root, end of the row"), ("Enter", "Zoom to the frame"), ("Esc", "One frame up"), ("0", "Whole tree"),
        ("w", "Callers and callees of the frame"), ("c", "Copy the stack"), ("f", "Filter callchains instead of highlighting"), Probe,
    ];

    private static readonly (string Key, string Words)[] Map =
    [
        ("← →", "Mapping below and above in address; ↑ ↓ line by line"), ("Home End", "First and last mapping"), ("Enter", "Open the region"), ("Space", "Select it, or not any more"), ("+ −", "Zoom in and out around it"), ("Esc", "Whole address space; then select nothing"),
        ("Page Up, Page Down", "Snapshot before and behind"), ("[ ]", "The same, wherever the focus is"), ("Mouse", "A click selects, Shift adds, a drag zooms"), ("c", "Copy the address ranges of what is selected"), ("o", "List only what is selected"), ("m", "This map"),
    ];

    private static readonly (string Key, string Words)[] Chart =
    [
        ("Mouse", "In the chart: a click views a snapshot, a drag compares two, a double-click shows the whole series"),
        ("← →", "In the chart: one snapshot back and on; with Shift choose a stretch, PageUp and PageDown go by a tenth, Home and End to the ends"), ("Enter", "View the snapshot, compare the ends of the stretch"), ("Esc", "Drop what is chosen; once more: the whole series"),
    ];

    /// <summary>The keys that work on the page of an address, by what they belong to.</summary>
    /// <param name="address">The address, absolute or relative to the server.</param>
    public static IReadOnlyList<(string Title, IReadOnlyList<(string Key, string Words)> Keys)> Of(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var path = (Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme.StartsWith("http", StringComparison.Ordinal) ? uri.AbsolutePath : address).Split('?', '#')[0].Trim('/').Split('/');
        return path switch
        {
            ["p", _] => [Page("Overview", [.. Chart, .. Rows]), Process, All],
            ["p", _, "regions"] => [Page("Regions", [.. Rows, ("c", "Copy the address ranges of the selected rows"), ("o", "List only the selected rows"), ("m", "The map of the address space"), ("Esc", "Select nothing")]), Process, All],
            ["p", _, "regions", "map"] => [Page("Map", Map), Process, All],
            ["p", _, "regions", ..] => [Page("Region", [("c", "Copy the address range"), .. Chart]), Process, All],
            ["p", _, "diff"] => [Page("Diff", [.. Rows, ("x", "Swap the two sides")]), Process, All],
            ["p", _, "stacks"] => [Page("Stacks", Tree), Process, All],
            ["p", _, "findings", ..] => [Page("Findings", [("j k", "Next and previous row of evidence"), ("Enter", "Open the row"), Probe]), Process, All],
            ["p", _, "trace"] => [Page("Trace", [.. Chart, .. Rows, Probe]), Process, All],
            ["p", ..] => [Page("Rows", Rows), Process, All],
            [""] => [Page("Processes", [("f", "Filter the list"), .. Rows]), All],
            ["compare"] => [Page("Compare", [.. Rows, ("x", "Swap the two sides"), ("e", "Share this view")]), All],
            _ => [Page("Lists", Rows), All],
        };
    }

    private static (string, IReadOnlyList<(string, string)>) Process => ("Process", OfProcess);

    private static (string, IReadOnlyList<(string, string)>) All => ("Every page", Everywhere);

    private static (string, IReadOnlyList<(string, string)>) Page(string title, IReadOnlyList<(string, string)> keys) => (title, keys);
}
