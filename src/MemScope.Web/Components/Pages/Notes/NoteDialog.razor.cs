using MemScope.Core;
using MemScope.Web.Answers;
using MemScope.Storage.Tokens;
using MemScope.Web.Components.Layout;
using MemScope.Web.Security;
using MemScope.Web.Notes;
using MemScope.Web.Wire;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace MemScope.Web.Components.Pages.Notes;

/// <summary>Writes a note, or changes one.</summary>
public sealed partial class NoteDialog
{
    private readonly Form _form = new();
    private NoteEvidenceWire? _evidence;
    private DateTimeOffset? _from, _at;
    private int? _fromNumber, _toNumber;
    private bool _spans, _ready, _busy;
    private string _problem = "";

    [Inject] private NoteWriting Writing { get; set; } = default!;
    [Inject] private RegionAnswers Regions { get; set; } = default!;
    [Inject] private DialogService Dialogs { get; set; } = default!;
    [Inject] private Permissions Permissions { get; set; } = default!;
    [Inject] private Limits Limits { get; set; } = default!;
    [Inject] private ILogger<NoteDialog> Log { get; set; } = default!;

    /// <summary>The process.</summary>
    [Parameter, EditorRequired] public Guid Process { get; set; }

    /// <summary>Of a new note: the window of the page.</summary>
    [Parameter] public WindowState Window { get; set; } = new();

    /// <summary>Of a new note: the address that is open, relative to the server.</summary>
    [Parameter] public string Url { get; set; } = "";

    /// <summary>The note to change, or null for a new one.</summary>
    [Parameter] public NoteWire? Note { get; set; }

    private int MostCharacters => Limits.NoteCharacters;

    private string Moment => _at is { } at ? $"{(_toNumber is { } number ? $"snapshot #{number}, " : "")}{Format.DateTime(at)} UTC" : "this moment";

    private string Span => _from is { } from && _at is { } at ? $"{(_fromNumber is { } first ? $"the window #{first} → #{_toNumber}, " : "")}{Format.DateTime(from)} to {Format.Clock(at)} UTC" : "";

    /// <summary>Opens the dialog.</summary>
    internal static Task OpenAsync(DialogService dialogs, string title, Guid process, Dictionary<string, object?> parameters)
    {
        parameters[nameof(Process)] = process;
        return dialogs.OpenAsync<NoteDialog>(title, parameters, new DialogOptions { Width = "560px", CloseDialogOnEsc = true, ShowClose = true });
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        if (Note is { } note)
        {
            // The moment of a note that exists stays; of one about a window either end may be its moment.
            (_form.Text, _form.Author, _form.IsWindow) = (note.Text, note.Author ?? "", note.To is not null);
            (_from, _at, _spans, _evidence) = (note.To is null ? null : note.At, note.To ?? note.At, note.To is not null, note.Evidence);
        }
        else
        {
            await TryAsync(async () =>
            {
                var window = await Regions.WindowAsync(Process, Window, CancellationToken.None);
                _evidence = NotePin.Of(Url, window);
                if (window is null) return;
                (_from, _at, _fromNumber, _toNumber, _spans) = (window.From, window.To, window.FromNumber, window.ToNumber, window.To > window.From && !window.IsWhole);
            });
        }
        _ready = true;
    }

    private async Task SaveAsync()
    {
        _busy = true;
        await TryAsync(async () =>
        {
            await Permissions.DemandAsync(TokenScopes.Admin, CancellationToken.None);
            var isWindow = _spans && _form.IsWindow;
            var request = new NoteRequestWire
            {
                Text = _form.Text, Author = _form.Author, At = (isWindow ? _from : _at) is { } at ? Exact(at) : null, To = isWindow && _at is { } end ? Exact(end) : "",
                Evidence = _form.Pins ? _evidence : null,
            };
            var kept = Note is null ? await Writing.AddAsync(Process, request, CancellationToken.None) : await Writing.EditAsync(Process, Note.Id, request, Note.Version, CancellationToken.None);
            if (kept is not null) Dialogs.Close();
            else _problem = Note is null ? "The process is gone." : "It was deleted meanwhile.";
        });
        _busy = false;
    }

    private static string Exact(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", System.Globalization.CultureInfo.InvariantCulture);

    private async Task TryAsync(Func<Task> work)
    {
        try
        {
            _problem = "";
            await work();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _problem = LoadProblem.Of(e, Log).Words;
        }
    }

    private sealed class Form
    {
        public string Text { get; set; } = "";

        public string Author { get; set; } = "";

        public bool IsWindow { get; set; }

        public bool Pins { get; set; } = true;
    }
}
