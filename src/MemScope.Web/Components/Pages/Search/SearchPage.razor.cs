using MemScope.Web.Answers.Searching;
using MemScope.Web.Components.Layout;
using MemScope.Web.Wire;
using Microsoft.AspNetCore.Components;

namespace MemScope.Web.Components.Pages.Search;

/// <summary>What is found for a text, by kind; the text and the process that goes first are in the address.</summary>
public sealed partial class SearchPage
{
    private CancellationTokenSource? _loading;
    private (string, Guid?)? _asked;
    private SearchWire? _found;
    private LoadProblem? _problem;

    [Inject] private IServiceProvider Services { get; set; } = default!;
    [Inject] private ILogger<SearchPage> Log { get; set; } = default!;

    [SupplyParameterFromQuery(Name = "q")] private string? Query { get; set; }
    [SupplyParameterFromQuery(Name = "in")] private string? InText { get; set; }

    private string Text => SearchText.Of(Query)?.Text ?? "";

    private Guid? In => Guid.TryParse(InText, out var id) ? id : null;

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (_asked == (Text, In)) return;
        (_asked, _found) = ((Text, In), null);
        await LoadAsync();
    }

    /// <inheritdoc/>
    public void Dispose() => _loading?.Cancel();

    private async Task LoadAsync()
    {
        _loading?.Cancel();
        using var loading = _loading = new CancellationTokenSource();
        try
        {
            var found = await Services.GetRequiredService<SearchAnswers>().AskAsync(Query, In, loading.Token);
            (_found, _problem) = (found, null);
        }
        catch (Exception) when (loading.IsCancellationRequested)
        {
            // Overtaken or gone.
        }
        catch (Exception e)
        {
            _problem = LoadProblem.Of(e, Log);
        }
        finally
        {
            if (_loading == loading) _loading = null;
        }
    }

    private static string TitleOf(string kind) => kind switch { "process" => "Processes", "region" => "Regions", "function" => "Functions", "module" => "Modules", _ => "Build ids" };
}
