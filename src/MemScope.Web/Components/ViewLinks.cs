namespace MemScope.Web.Components;

/// <summary>
/// Where the parts of a view lead. Views take it as a cascading value; a frozen view has none, so every link in it becomes plain text and every action is left out.
/// </summary>
/// <param name="Process">The process shown.</param>
/// <param name="Window">The window as the address has it.</param>
public sealed record ViewLinks(Guid Process, WindowState Window)
{
    /// <summary>Overview over another window.</summary>
    public string Overview(WindowState window) => Urls.Overview(Process, window);

    /// <summary>All regions, of one category where given.</summary>
    public string Regions(string? category = null) => Urls.Regions(Process, Window, category: category);

    /// <summary>The map of the address space.</summary>
    public string Map(MapShown? shown = null) => Urls.Map(Process, Window, shown);

    /// <summary>The regions that a filter finds.</summary>
    public string RegionsOf(string filter) => Urls.Regions(Process, Window, filter);

    /// <summary>One region.</summary>
    public string Region(Guid region) => Urls.Region(Process, region, Window);

    /// <summary>The diff of the window, or of another one.</summary>
    public string Diff(WindowState? window = null) => Urls.Diff(Process, window ?? Window);

    /// <summary>What a trace saw.</summary>
    public string Trace(Guid? trace = null) => Urls.Trace(Process, Window, trace);

    /// <summary>Stacks, of one region or trace where given; <paramref name="weight"/> is a slug, or null for the one that answers best.</summary>
    public string Stacks(Guid? region = null, Guid? trace = null, string? weight = null) => Urls.Stacks(Process, Window, weight, trace, region);
}
