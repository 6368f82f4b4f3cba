using MemScope.Web.Wire;

namespace MemScope.Web.Components.Layout;

/// <summary>What the frame of a process hands to its pages. A new one arrives when the address or the process changed; then pages load again.</summary>
/// <param name="Process">The process.</param>
/// <param name="Window">The window as the address has it.</param>
/// <param name="Version">Counts the changes seen by this tab.</param>
public sealed record ProcessView(ProcessWire Process, WindowState Window, long Version)
{
    /// <summary>What the judge says of the whole process; null until it is known.</summary>
    public FindingsWire? Findings { get; init; }

    /// <summary>What people wrote on its time line, by the moment that it is about.</summary>
    public IReadOnlyList<NoteWire> Notes { get; init; } = [];

    /// <summary>Links that keep the window.</summary>
    public ViewLinks Links => new(Process.Id, Window);
}
