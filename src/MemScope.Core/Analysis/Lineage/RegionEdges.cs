using System.Globalization;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Lineage;

/// <summary>Which ends of a region move when it grows or shrinks, and by how much at a time. Joins, cuts and moves of the whole are not counted.</summary>
/// <param name="StartMoves">How often its start was elsewhere than in the snapshot before.</param>
/// <param name="EndMoves">How often its end was.</param>
/// <param name="StartBytes">Bytes that came at its start, less those that went.</param>
/// <param name="EndBytes">Bytes that came at its end, less those that went.</param>
/// <param name="StepBytes">The size of which every change is a multiple, or null when that is no more than a page or there are fewer than two changes.</param>
/// <param name="Steps">Of how many such steps the changes are made up.</param>
public sealed record RegionEdges(int StartMoves, int EndMoves, long StartBytes, long EndBytes, long? StepBytes, long Steps)
{
    private const long PageBytes = 4096;

    /// <summary>The edges of a region over its whole life.</summary>
    public static RegionEdges Of(Region region)
    {
        ArgumentNullException.ThrowIfNull(region);
        var (startMoves, endMoves, startBytes, endBytes, step, all) = (0, 0, 0L, 0L, 0L, 0L);
        foreach (var change in region.Changes.Where(c => c.Kind is RegionChangeKind.Grown or RegionChangeKind.Shrunk && !c.Before.IsEmpty && !c.After.IsEmpty))
        {
            var (below, above) = (unchecked((long)(change.Before.Start - change.After.Start)), unchecked((long)(change.After.End - change.Before.End)));
            (startMoves, endMoves, startBytes, endBytes) = (startMoves + (below == 0 ? 0 : 1), endMoves + (above == 0 ? 0 : 1), Saturating.Add(startBytes, below), Saturating.Add(endBytes, above));
            foreach (var shift in (long[])[below, above])
            {
                if (shift is 0 or long.MinValue) continue;
                (step, all) = (Divisor(step, Math.Abs(shift)), Saturating.Add(all, Math.Abs(shift)));
            }
        }
        var isStep = step > PageBytes && startMoves + endMoves > 1;
        return new(startMoves, endMoves, startBytes, endBytes, isStep ? step : null, isStep ? all / step : 0);
    }

    /// <summary>In a sentence.</summary>
    public string Text => (StartMoves, EndMoves) switch
    {
        (0, 0) => "Both ends stay where they are.",
        (_, 0) => $"Its end is fixed; its start moved {Moved(StartMoves, StartBytes, "down", "up")}{InSteps}.",
        (0, _) => $"Its start is fixed; its end moved {Moved(EndMoves, EndBytes, "up", "down")}{InSteps}.",
        _ => $"Both ends move: the start {Moved(StartMoves, StartBytes, "down", "up")}, the end {Moved(EndMoves, EndBytes, "up", "down")}{InSteps}.",
    };

    private string InSteps => StepBytes is { } step ? string.Create(CultureInfo.InvariantCulture, $", in {Steps:N0} steps of {RegionWords.Size((ulong)step)}") : "";

    private static string Moved(int times, long bytes, string grows, string shrinks)
    {
        var often = times == 1 ? "once" : string.Create(CultureInfo.InvariantCulture, $"{times:N0} times");
        return bytes == 0 ? $"{often} and is back where it was" : $"{often}, {(bytes > 0 ? grows : shrinks)} by {RegionWords.Size((ulong)Math.Abs(bytes))}{(times == 1 ? "" : " in all")}";
    }

    private static long Divisor(long a, long b)
    {
        while (b != 0) (a, b) = (b, a % b);
        return a;
    }
}
