using MemScope.Web.Answers;
using MemScope.Web.Components.Charts;
using MemScope.Web.Wire;
using Microsoft.AspNetCore.Components;

namespace MemScope.Web.Components.Pages.Overview;

/// <summary>Is it leaking, how fast, where, since when?</summary>
public sealed partial class OverviewPage
{
    private OverviewWire? _overview;
    private FindingsWire? _findings;
    private HeapCoursesWire? _heaps;
    private SeriesPartsWire? _parts;
    private long _version;

    [Inject] private ProcessAnswers Answers { get; set; } = default!;
    [Inject] private HeapCourseAnswers HeapAnswers { get; set; } = default!;
    [Inject] private NavigationManager Navigation { get; set; } = default!;
    [Inject] private RegionAnswers RegionAnswers { get; set; } = default!;
    [SupplyParameterFromQuery(Name = "metric")] private string? Metric { get; set; }
    [SupplyParameterFromQuery(Name = "by")] private string? By { get; set; }
    [SupplyParameterFromQuery(Name = "hide")] private string? Hide { get; set; }

    /// <summary>The chart fetches its own points; for words the ends are enough.</summary>
    private const int HeapPoints = 2;

    private ChartShown Shown => ChartShown.Of(Metric, By, Hide);

    /// <inheritdoc/>
    protected override object? LoadKey => (Shown.Split, Metric);

    private string ChartMetric => OverviewView.MetricOf(_overview!, Metric);

    /// <inheritdoc/>
    protected override async Task LoadAsync(CancellationToken cancel)
    {
        var version = View.Version;
        var overview = await Answers.OverviewAsync(Id, View.Window, cancel);
        _heaps = overview is null ? null : await HeapAnswers.AskAsync(Id, View.Window with { Source = overview.Window.Source }, HeapPoints, cancel);
        _parts = overview is null || Shown.IsByCategory ? null
            : await RegionAnswers.PartsAsync(Id, View.Window with { Source = overview.Window.Source }, Shown.Split, OverviewView.MetricOf(overview, Metric), ChartShown.Top, cancel);
        _overview = overview;
        // The chart follows together with its figures: it is drawn once for each change.
        _version = version;
    }

    private void OnJudged(FindingsWire? findings) => _findings = findings;

    private ChartOptions ChartOf(OverviewWire overview) => OverviewView.ChartOf(overview, ChartMetric) with
    {
        Url = Urls.Series(Id, View.Window with { Source = overview.Window.Source }, Shown.Split, ChartMetric, top: Shown.IsByCategory ? null : ChartShown.Top),
        Title = OverviewView.TitleOf(ChartMetric, Shown.Split),
        Hidden = Shown.Hidden,
        HeapUrl = ChartMetric == "rss" && _heaps?.Items.Count > 0 ? Urls.HeapCourses(Id, View.Window with { Source = overview.Window.Source }) : null,
        Version = _version,
    };

    private string ShareTitle(OverviewWire overview) => overview.Window.IsWhole ? $"{(View.Process.Comm.Length == 0 ? Format.Name(View.Process) : View.Process.Comm)}: {overview.Answer.Split(". ")[0].TrimEnd('.')}"
        : !Captured.Rss(overview) ? $"Address space of {Format.Name(View.Process)}" : $"{(View.Process.Comm.Length == 0 ? Format.Name(View.Process) : View.Process.Comm)}: {Format.MiBChange(overview.Total.RssChangeBytes)} MiB in {Format.Span(overview.Window.To - overview.Window.From)}";

    private string LabelOf(OverviewWire overview) => $"{OverviewView.TitleOf(ChartMetric, Shown.Split)}, {overview.Window.Source}. {overview.Answer}";

    // Viewing keeps the window's start when it lies before the snapshot that was clicked.
    private void ViewSnapshot(int number) =>
        Navigation.NavigateTo(Urls.Overview(Id, View.Window.Whole with { From = View.Window.From < number ? View.Window.From : null, To = number }, Shown));

    private void Compare((int From, int To) window) => Navigation.NavigateTo(Urls.Diff(Id, View.Window with { From = window.From, To = window.To }));

    private void ViewWhole() => Navigation.NavigateTo(Urls.Overview(Id, View.Window.Whole, Shown));

    // What is taken out of the picture is no place to go back to.
    private void HideSeries(IReadOnlyList<string> keys) => Navigation.NavigateTo(Urls.Overview(Id, View.Window, Shown with { Hidden = keys }), replace: true);
}
