using MemScope.Web.Notes;
using MemScope.Web.Wire;

namespace MemScope.Web.Components.Charts;

/// <summary>A note's mark under the chart.</summary>
/// <param name="Id">Of the element that shows the whole note.</param>
/// <param name="From">The moment that it is about, milliseconds since 1970 UTC.</param>
/// <param name="To">End of the window that it is about, or the same moment.</param>
/// <param name="Time">The moment for people.</param>
/// <param name="Line">Its first line.</param>
public sealed record ChartNote(string Id, double From, double To, string Time, string Line)
{
    /// <summary>More would cover each other; the list has all.</summary>
    private const int Most = 200;

    /// <summary>Marks of notes.</summary>
    public static IReadOnlyList<ChartNote> Of(IReadOnlyList<NoteWire> notes) =>
        [.. notes.Take(Most).Select(n => new ChartNote(IdOf(n), n.At.ToUnixTimeMilliseconds(), (n.To ?? n.At).ToUnixTimeMilliseconds(), Format.Clock(n.At), FirstLine(n)))];

    /// <summary>Id of the element that shows a note.</summary>
    public static string IdOf(NoteWire note) => $"note-{note.Id:N}";

    private static string FirstLine(NoteWire note) => (note.Author is { } author ? $"{author}: " : "") + NoteText.FirstLine(note.Text);
}
