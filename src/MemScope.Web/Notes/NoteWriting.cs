using MemScope.Core;
using MemScope.Storage.Captures;
using MemScope.Storage.Notes;
using MemScope.Storage.Queries;
using MemScope.Web.Api;
using MemScope.Web.Wire;

namespace MemScope.Web.Notes;

/// <summary>Reads, writes and deletes notes as pages and the API ask for it. What cannot be taken is refused by name.</summary>
public sealed class NoteWriting(NoteStore store, ProcessQuery processes, Limits limits, TimeProvider time)
{
    private const int MostAuthorCharacters = 80, MostUrlCharacters = 2000, MostIds = 16, MostIdCharacters = 200;

    /// <summary>All notes of a process, by the moment that they are about; null when it does not exist.</summary>
    public async Task<IReadOnlyList<NoteWire>?> ListAsync(Guid process, CancellationToken cancel) =>
        await processes.FindAsync(Projects.Default, process, cancel) is null ? null : await OfAsync(process, cancel);

    /// <summary>The same for a process that was found before.</summary>
    public async Task<IReadOnlyList<NoteWire>> OfAsync(Guid process, CancellationToken cancel) => [.. (await store.ListAsync(process, cancel)).Select(Wire)];

    /// <summary>Those of them that are about a moment of a window, or about a window that meets it.</summary>
    public static IReadOnlyList<NoteWire> Within(IReadOnlyList<NoteWire> notes, WindowWire window)
    {
        ArgumentNullException.ThrowIfNull(window);
        var (first, last) = window.From <= window.To ? (window.From, window.To) : (window.To, window.From);
        return [.. notes.Where(n => n.At <= last && (n.To ?? n.At) >= first)];
    }

    /// <summary>Adds a note; null when there is no such process.</summary>
    /// <exception cref="ProblemException">400 when the request cannot be read, 413 when the note is too long or one too many.</exception>
    public async Task<NoteWire?> AddAsync(Guid process, NoteRequestWire request, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (await processes.FindAsync(Projects.Default, process, cancel) is not { } row) return null;
        var last = row.Tracks.Select(t => (DateTimeOffset?)t.LastAt).Max() ?? time.GetUtcNow();
        var (outcome, note) = await store.AddAsync(process, Draft(request, new NoteDraft(last, "")), cancel);
        if (outcome is NoteOutcome.Full)
            throw new ProblemException(StatusCodes.Status413PayloadTooLarge, "notes-of-process", "The process has as many notes as it may have. Delete some first.", limits.NotesOfProcess, limits.NotesOfProcess);
        return note is null ? null : Wire(note);
    }

    /// <summary>Changes a note; null when there is none.</summary>
    /// <param name="process">The process.</param>
    /// <param name="note">The note.</param>
    /// <param name="request">What is to be another.</param>
    /// <param name="version">The version that was read, or null to write over any.</param>
    /// <param name="cancel">Ends the work.</param>
    /// <exception cref="ProblemException">400 and 413 as for a new one, 412 when somebody changed it since.</exception>
    public async Task<NoteWire?> EditAsync(Guid process, Guid note, NoteRequestWire request, string? version, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (await processes.FindAsync(Projects.Default, process, cancel) is null || await store.FindAsync(process, note, cancel) is not { } before) return null;
        var (outcome, after) = await store.EditAsync(process, note, Draft(request, before.Written), version, cancel);
        if (outcome is NoteOutcome.Changed) throw new ProblemException(StatusCodes.Status412PreconditionFailed, "note-changed", "Somebody changed this note since it was read. Read it again.");
        return after is null ? null : Wire(after);
    }

    /// <summary>Deletes a note; false when there is none.</summary>
    public async Task<bool> DeleteAsync(Guid process, Guid note, CancellationToken cancel) =>
        await processes.FindAsync(Projects.Default, process, cancel) is not null && await store.DeleteAsync(process, note, cancel);

    private static NoteWire Wire(NoteRow row) => new(row.Id, row.Written.At, row.Written.ToAt, row.Written.Text, row.Written.Author,
        row.Written.Evidence is { } e ? new NoteEvidenceWire(e.Kind, e.Url) { Ids = e.Ids } : null, row.CreatedAt, row.EditedAt) { Version = row.Version };

    private NoteDraft Draft(NoteRequestWire request, NoteDraft before)
    {
        var text = NoteStore.Clean(request.Text ?? before.Text).Trim('\n', ' ', '\t');
        if (text.Length == 0) throw Problems.BadParameter("text", "a note needs words.");
        if (text.Length > limits.NoteCharacters)
            throw new ProblemException(StatusCodes.Status413PayloadTooLarge, "note-characters", "The note is too long.", limits.NoteCharacters, text.Length);
        if (request.Author is { Length: > MostAuthorCharacters } author) throw TooLong("author", MostAuthorCharacters, author.Length);
        var at = request.At is null ? before.At : Time("at", request.At);
        DateTimeOffset? to = request.To switch { null => before.ToAt, "" => null, var end => Time("to", end) };
        if (to < at) throw Problems.BadParameter("to", "it lies before at.");
        return new NoteDraft(at, text) { ToAt = to == at ? null : to, Author = request.Author ?? before.Author, Evidence = request.Evidence is null ? before.Evidence : Evidence(request.Evidence) };
    }

    private static NoteEvidence Evidence(NoteEvidenceWire wire)
    {
        if (!NoteEvidenceWire.Kinds.Contains(wire.Kind, StringComparer.Ordinal)) throw Problems.BadParameter("evidence.kind", $"known are {string.Join(", ", NoteEvidenceWire.Kinds)}.");
        if (wire.Url is { Length: > MostUrlCharacters }) throw TooLong("evidence.url", MostUrlCharacters, wire.Url.Length);
        if (!NoteAddress.IsOfThisServer(wire.Url)) throw Problems.BadParameter("evidence.url", "an address of a page of this server is needed, /p/… or /compare….");
        if (wire.Ids is null || wire.Ids.Count > MostIds || wire.Ids.Any(id => id is null or { Length: > MostIdCharacters }))
            throw Problems.BadParameter("evidence.ids", $"at most {MostIds} ids of at most {MostIdCharacters} characters.");
        return new NoteEvidence(wire.Kind, wire.Url, wire.Ids);
    }

    private static DateTimeOffset Time(string name, string text) => TimeParameter.Parse(text) is { } at && at >= DateTimeOffset.UnixEpoch ? at
        : throw Problems.BadParameter(name, "a time since 1970 with its zone is needed (2026-11-21T15:42:29Z).");

    private static ProblemException TooLong(string name, int most, int length) => new(StatusCodes.Status400BadRequest, "bad-parameter", $"{name}: too long.", most, length);
}
