namespace MemScope.EndToEnd.Tests.Pages;

/// <summary>What the pages of the catalogue are about.</summary>
/// <param name="Leak">The leaking process, with a trace.</param>
/// <param name="Fixed">A run of it with the fix.</param>
/// <param name="Healthy">A process that was never traced.</param>
/// <param name="Region">The region that leaks.</param>
public sealed record Places(Guid Leak, Guid Fixed, Guid Healthy, Guid Region);

/// <summary>A page in one state.</summary>
/// <param name="Name">In the name of its test.</param>
/// <param name="Path">Its address.</param>
/// <param name="Ready">What is there once it is ready.</param>
/// <param name="IsEvidence">Whether it shows figures of snapshots: a copied link of it shows the same for good.</param>
public sealed record CataloguePage(string Name, Func<Places, string> Path, string Ready, bool IsEvidence = true)
{
    /// <summary>What the browser says of an address that is not there.</summary>
    public const string NotFound = "error: Failed to load resource: the server responded with a status of 404 (Not Found)";

    /// <summary>What the browser complains of all the same; empty for nothing.</summary>
    public string Complaint { get; init; } = "";

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>Every page of the product, in each state that looks different. Tests of all pages take them from here: access, phones, keys, links.</summary>
public static class Catalogue
{
    private const string Chart = ".chart[data-ready=true]", Table = "main table", Icicle = ".icicle", Map = ".space[data-ready=true][data-drawn]";

    /// <summary>The pages.</summary>
    public static IReadOnlyList<CataloguePage> Pages { get; } =
    [
        List("processes", "/", Table),
        List("filtered processes", "/?q=debian&verdict=leak&sort=growth", Table),
        List("nothing to search", "/search", ".empty"),
        List("found by name", "/search?q=ucx", ".hits"),
        new("found by address", p => $"/search?q=0x7f1f60000123&in={p.Leak}", ".hits", IsEvidence: false),
        List("nothing was found", "/search?q=no-such-thing", ".empty"),
        List("upload", "/upload", ".drop"),
        List("formats", "/formats", ".format-list"),
        List("symbols", "/symbols", ".drop"),
        List("shares", "/shares", "main .body h1"),
        List("admin", "/admin", "main .body h1"),
        List("no such page", "/nowhere", "main h1, main h2") with { Complaint = CataloguePage.NotFound },
        List("no such process", $"/p/{Guid.Empty}", "main h1, main h2"),
        Leak("overview", "", Chart),
        Leak("overview of a window", "?from=56&to=79", Chart),
        Leak("overview of another measure", "?metric=private-dirty", Chart),
        Leak("no such window", "?from=56&to=4711", ".empty"),
        Leak("overview by region", "?by=region&from=56&to=79", Chart),
        Leak("map", "/regions/map", Map),
        new("part of the map", p => $"/p/{p.Leak}/regions/map?at=79&from=56&scale=linear&sel={p.Region}&span=7f1f5fdc5000-7f1f62200000", Map),
        Leak("regions", "/regions", Table),
        new("selected regions", p => $"/p/{p.Leak}/regions?to=79&is=resident,-file-text&sel={p.Region}&sort=rss", Table),
        Leak("growth by backing", "/regions?by=backing&metric=private-dirty", Table),
        Leak("filtered regions", "/regions?q=libucs&category=file-text", Table),
        Leak("no region", "/regions?q=no-such-name", ".empty"),
        new("changed categories", p => $"/p/{p.Leak}/regions?as=heap:{p.Region},device:name:/dev/shm/*,cheap:x", Table),
        new("region", p => $"/p/{p.Leak}/regions/{p.Region}", Chart),
        new("changed region", p => $"/p/{p.Leak}/regions/{p.Region}?from=20&as=heap:{p.Region}", Chart),
        Leak("diff", "/diff?from=56&to=79", Table),
        Leak("whole diff", "/diff", Table),
        Leak("grouped diff", "/diff?from=56&to=79&group=backing&columns=all", Table),
        Leak("part of a diff", "/diff?from=56&to=79&state=grown&metric=pss&q=7f", Table),
        new("compare", p => $"/compare?base={p.Leak}&current={p.Fixed}", Table),
        new("grouped compare", p => $"/compare?base={p.Leak}:20&current={p.Leak}:60&group=backing", Table),
        List("nothing to compare", "/compare", ".empty"),
        Leak("stacks", "/stacks?at=0.0", Icicle),
        new("stacks of a region", p => $"/p/{p.Leak}/stacks?region={p.Region}&to=80", Icicle),
        Leak("leaf up", "/stacks?view=leaf&weight=mapped&only=ucs_&q=grow", Icicle),
        Leak("merged", "/stacks?view=merged&weight=outstanding&order=self", Icicle),
        Leak("sandwich", "/stacks?weight=calls&of=decode_step", Icicle + " .picked"),
        Leak("growth by stack", "/stacks?weight=growth&from=56&to=79", ".icicle.signed"),
        Leak("nothing left", "/stacks?only=no_such_function", ".empty"),
        Healthy("no trace", "/stacks", ".command"),
        Leak("trace", "/trace", Chart),
        Healthy("nothing traced", "/trace", ".command"),
        Leak("ledger", "/ledger", ".ledger-table"),
        Leak("ledger of a window", "/ledger?from=56&to=79", ".ledger-table"),
        Healthy("ledger of one snapshot", "/ledger?from=5&to=5", ".ledger-table"),
        Leak("findings", "/findings", ".finding-rows"),
        Leak("finding", "/findings/S01", ".evidence-rows"),
        Healthy("nothing found", "/findings", ".calm"),
        Healthy("silent signature", "/findings/S01", ".empty"),
        Leak("captures", "/captures", ".captures") with { IsEvidence = false },
    ];

    /// <summary>Names of all pages, for theories.</summary>
    public static TheoryData<string> All => [.. Pages.Select(p => p.Name)];

    /// <summary>The page of a name.</summary>
    public static CataloguePage Of(string name) => Pages.Single(p => p.Name == name);

    private static CataloguePage List(string name, string path, string ready) => new(name, _ => path, ready, IsEvidence: false);

    private static CataloguePage Leak(string name, string rest, string ready) => new(name, p => $"/p/{p.Leak}{rest}", ready);

    private static CataloguePage Healthy(string name, string rest, string ready) => new(name, p => $"/p/{p.Healthy}{rest}", ready, IsEvidence: false);
}
