using System.Globalization;
using MemScope.Core.Analysis.Findings;
using MemScope.Core.Analysis.Heap;
using MemScope.Core.Model;
using MemScope.Storage.Queries;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Live bytes of heap profiles and allocators on the time line of the snapshots.</summary>
public sealed class HeapCourseAnswers(ProcessTracks tracks, HeapProfileQuery profiles, HeapProfileCache cache, FiguresQuery figures)
{
    /// <summary>Profiles that are read, the newest: a program that dumps one a minute leaves hundreds.</summary>
    public const int MostProfiles = 16;

    /// <summary>Figures of allocators that are read, the newest: an hour of malloc_info every ten seconds with a dozen arenas.</summary>
    public const int MostFigures = 5000;

    /// <summary>Most points of a course that can be asked for.</summary>
    public const int MostPoints = SeriesRequest.MostPoints;

    /// <summary>Figures that lie this far outside the window are of its ends: people run one command after the other.</summary>
    private static readonly TimeSpan Around = TimeSpan.FromMinutes(1);

    /// <summary>The courses over a window of snapshots, of <paramref name="points"/> moments each at most; null when process, track or window do not exist.</summary>
    public async Task<HeapCoursesWire?> AskAsync(Guid process, WindowState window, int points, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(window);
        if (await tracks.FindAsync(process, cancel) is not { Tracks.Count: > 0 } row) return null;
        if (await tracks.OverWindowAsync(row, window, over => over.ToWire(), cancel) is not { } asked) return null;
        var notes = new List<string>();
        var rows = row.HeapProfiles == 0 ? [] : await profiles.ListAsync(process, cancel);
        var loaded = new List<(HeapProfileRow Row, HeapProfile Profile)>();
        foreach (var profile in rows.Take(MostProfiles))
            if (await cache.FindAsync(profile, cancel) is { } found) loaded.Add((profile, found));
        if (rows.Count > MostProfiles) notes.Add(string.Create(CultureInfo.InvariantCulture, $"The process has {rows.Count:N0} heap profiles; the newest {MostProfiles} were read."));
        var (beside, leavesOut) = await figures.OverAsync(process, AllocatorStates.Kinds, Shifted(asked.From, -Around), Shifted(asked.To, Around), MostFigures, cancel);
        if (leavesOut) notes.Add(string.Create(CultureInfo.InvariantCulture, $"Of the allocators' figures the newest {MostFigures:N0} of the window were read, from {beside.Select(f => f.TakenAt).FirstOrDefault(asked.To):yyyy-MM-dd HH:mm:ss} UTC on."));
        var states = AllocatorStates.Of([.. beside.Select(f => new SideFacts(f.Kind, f.Label, f.TakenAt, f.Bytes, f.Counts))]);
        return await tracks.OverWindowAsync(row, window, over => Courses(row, over, loaded, states, points, notes) with { HeapProfiles = rows.Count }, cancel);
    }

    private static HeapCoursesWire Courses(ProcessRow row, TrackWindow over, List<(HeapProfileRow Row, HeapProfile Profile)> loaded, IReadOnlyList<AllocatorState> states, int points, List<string> notes)
    {
        var file = new CaseFile(over.Track, over.From, over.To) { Overrides = over.Overrides };
        var rss = over.RssOfTrack();
        var (said, placed) = (new List<string>(notes), new List<HeapCourse>());
        foreach (var (profile, content) in loaded)
        {
            if (HeapCourses.Place(profile.Id, content, profile.TakenAt, row.StartTime, rss, profile.TimeOrigin) is { } course) placed.Add(course);
            else said.Add($"{(profile.FileName.Length == 0 ? profile.Tool : profile.FileName)}: it does not say how many bytes are live, so it has no place on this axis.");
        }
        var items = HeapCourses.Joined(placed).Select(c => HeapCourseWires.Of(c, file, loaded.Find(l => l.Row.Id == c.Profile).Row, points)).ToList();
        items.AddRange(AllocatorStates.Courses(states).Select(course => HeapCourseWires.Of(course, file, null, points)));
        return new HeapCoursesWire(over.ToWire(), items) { Notes = said };
    }

    // Times of snapshots are what files say.
    private static DateTimeOffset Shifted(DateTimeOffset time, TimeSpan by) => new(Math.Clamp(time.UtcTicks + by.Ticks, 0, DateTimeOffset.MaxValue.UtcTicks), TimeSpan.Zero);
}
