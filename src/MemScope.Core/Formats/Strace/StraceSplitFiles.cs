using System.Globalization;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Strace;

/// <summary>
/// Joins the files that <c>strace -ff -o F</c> writes, one per thread and without thread ids, into the trace of their process: <c>F.15472</c>, <c>F.15473</c> …
/// The number of the name is the thread's.
/// </summary>
internal static class StraceSplitFiles
{
    /// <summary>A trace with the archive member that it was read from.</summary>
    /// <param name="Trace">As read.</param>
    /// <param name="Member">Path in the archive, or null for the upload itself.</param>
    /// <param name="Births">The clones in it.</param>
    public sealed record Part(Trace Trace, string? Member, IReadOnlyList<ThreadBirth> Births);

    private readonly record struct ThreadFile(Part Part, string Prefix, int Tid);

    /// <summary>The traces of an upload with the files of one run joined; the joined one stands where its first file stood.</summary>
    public static List<Trace> Join(IReadOnlyList<Part> parts, DiagnosticBag diagnostics)
    {
        var runs = new Dictionary<Trace, List<ThreadFile>>(ReferenceEqualityComparer.Instance);
        var joinedAway = new HashSet<Trace>(ReferenceEqualityComparer.Instance);
        foreach (var run in parts.Select(Named).Where(f => f.Tid > 0).GroupBy(f => f.Prefix, StringComparer.Ordinal).Where(IsOneRun))
        {
            runs.Add(run.First().Part.Trace, [.. run]);
            joinedAway.UnionWith(run.Skip(1).Select(f => f.Part.Trace));
        }
        return [.. from part in parts where !joinedAway.Contains(part.Trace) select runs.TryGetValue(part.Trace, out var run) ? JoinRun(run, diagnostics) : part.Trace];
    }

    private static ThreadFile Named(Part part)
    {
        var name = part.Member ?? "";
        var point = name.LastIndexOf('.');
        var printsThreads = part.Trace.Tool != "strace" || part.Trace.Events.Any(e => e.Tid != 0);
        return point > 0 && !printsThreads && int.TryParse(name.AsSpan(point + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var tid) ? new ThreadFile(part, name[..point], tid) : new ThreadFile(part, name, 0);
    }

    // log.1, log.2 … of a log rotation are no threads: one of the files must have made another, or the numbers must be too great for a rotation.
    private static bool IsOneRun(IGrouping<string, ThreadFile> files)
    {
        var tids = files.Select(f => f.Tid).ToHashSet();
        if (tids.Count < 2 || tids.Count != files.Count()) return false;
        return tids.Min() > GreatestRotation || files.Any(f => f.Part.Births.Any(b => tids.Contains(b.Child)));
    }

    private const int GreatestRotation = 99;

    private static Trace JoinRun(List<ThreadFile> files, DiagnosticBag diagnostics)
    {
        var clock = files.Max(f => f.Part.Trace.Clock);
        var isOrdered = clock is ClockDomain.Wall or ClockDomain.WallTimeOfDay && files.All(f => f.Part.Trace.Clock == clock || f.Part.Trace.Events.Count == 0);
        if (!isOrdered)
        {
            diagnostics.Add("STRACE007", Severity.Warning, 0, $"The {files.Count} files of strace -ff have no times that order them: the calls of different threads stand one thread after the other. Run strace with -ttt.");
            clock = ClockDomain.None;
        }
        var events = files.SelectMany((f, order) => f.Part.Trace.Events.Select((e, index) => (Event: e, File: f, Order: order, Index: index)));
        var sorted = isOrdered ? events.OrderBy(e => e.Event.TimeNs).ThenBy(e => e.Order).ThenBy(e => e.Index).ToList() : [.. events];
        var stacks = new StackTable(StraceFrame.Read, new ParseOptions(Limits.Default));
        var callchains = files.ToDictionary(f => f.Tid, f => f.Part.Trace.Callchains.Select(c => stacks.Intern(c.Frames)).ToArray());
        var trace = new TraceBuilder("strace", stacks);
        foreach (var (e, file, _, _) in sorted)
        {
            var index = trace.Add(e with { Tid = file.Tid, Pid = 0, TimeNs = isOrdered ? e.TimeNs : 0 });
            if (e.Callchain >= 0) trace.Events[index] = trace.Events[index] with { Callchain = callchains[file.Tid][e.Callchain] };
        }
        var family = new StraceFamily();
        foreach (var file in files)
            foreach (var birth in file.Part.Births) family.Born(birth with { Parent = file.Tid, BeforeEvent = isOrdered ? FirstFrom(trace.Events, birth.TimeNs) : 0 });
        var pid = family.Resolve(trace.Events, null);
        foreach (var loss in files.SelectMany(f => Losses(f, sorted.Count > 0 && sorted[0].File == f))) trace.Lose(loss.Kind, loss.Count, loss.Text);
        return trace.Build("strace", true, clock, new ProcessHint(pid), StraceParser.StackAdvice).Traces[0];
    }

    // What the events show is found anew; a thread's file always begins after the process, unless it is the first.
    private static IEnumerable<TraceLoss> Losses(ThreadFile file, bool isFirst) =>
        from loss in file.Part.Trace.Losses
        where loss.Kind is not ("missing-stacks" or "results-not-recorded") && (isFirst || loss.Kind is not "began-late")
        select loss with { Text = loss.Kind is "began-late" ? loss.Text : $"{file.Prefix}.{file.Tid}: {loss.Text}" };

    private static int FirstFrom(List<TraceEvent> events, long timeNs)
    {
        var (low, high) = (0, events.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (events[middle].TimeNs < timeNs) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
