namespace MemScope.Core.Analysis.Heap;

/// <summary>
/// Finds when a profiler's clock began from RSS, which both it and the snapshots read: the course that the profiler saw is moved over that of the snapshots until they differ least. Nothing is claimed where RSS does not move enough to
/// tell one place from another, where the two do not look alike anywhere, or where they do in several places.
/// </summary>
internal static class ResidentTie
{
    /// <summary>
    /// What two readings of RSS at one instant may differ by: the kernel keeps RSS in counters per CPU that are folded in batches of at least 32 pages (lib/percpu_counter.c), which statm shows and smaps, that walks the pages, does
    /// not.
    /// </summary>
    private const double ToleranceBytes = 32 * 4096;

    /// <summary>RSS must move by this between the snapshots that lie under the profile: eight times what may be a difference of readings.</summary>
    private const double LeastMoveBytes = 8 * ToleranceBytes;

    /// <summary>The mean difference must be less than this part of the movement: one that does not follow it differs by a quarter of a straight line at least.</summary>
    private const double MostDeviationOfMove = 1 / 8.0;

    /// <summary>The tie may be off by this part of the time that both cover: growth over that time is then off by no more.</summary>
    private const double MostOffOfCovered = 1 / 10.0;

    /// <summary>Of the shorter of the two, this part must lie under the other.</summary>
    private const double LeastCovered = 0.5;

    private const int LeastSnapshots = 4, MostSnapshots = 256, Places = 2048, MostDips = 16, Finer = 8;
    private const double FinestSeconds = 0.005;

    /// <summary>When the profile's clock was 0, and within how many milliseconds; null when RSS does not tell.</summary>
    public static (DateTimeOffset Zero, long WithinMs)? Of(IReadOnlyList<ClockedMoment> moments, IReadOnlyList<HeapMoment> rss)
    {
        var resident = moments.Where(m => m.ResidentBytes is not null).ToArray();
        if (rss.Count < LeastSnapshots || resident.Length < LeastSnapshots) return null;
        var overlay = new Overlay(
            [.. resident.Select(m => m.TimeNs / 1e9)], [.. resident.Select(m => (double)m.ResidentBytes!.Value)], [.. rss.Select(m => (m.At - rss[0].At).TotalSeconds)], [.. rss.Select(m => (double)m.LiveBytes)]);
        if (overlay.Best() is not var (seconds, deviation)) return null;
        var allowed = deviation + Math.Max(ToleranceBytes, deviation);
        if (overlay.ReachOf(seconds, allowed) is not { } reach) return null;
        var ticks = rss[0].At.UtcTicks + (seconds * TimeSpan.TicksPerSecond);
        return ticks < 0 || ticks > DateTimeOffset.MaxValue.UtcTicks ? null : (new DateTimeOffset((long)ticks, TimeSpan.Zero), (long)Math.Ceiling(reach * 1000));
    }

    /// <summary>One course under another. Times in seconds, in order; places are where the clock of the upper one begins on the time line of the lower.</summary>
    private sealed class Overlay(double[] times, double[] resident, double[] at, double[] rss)
    {
        private readonly double _first = at[0] - times[^1], _step = (at[^1] - at[0] + times[^1] - times[0]) / Places;
        private readonly double _leastCovered = LeastCovered * Math.Min(at[^1] - at[0], times[^1] - times[0]);
        private readonly List<(double Place, double Deviation)> _coarse = [], _found = [];

        /// <summary>The place where the two differ least, and by how much in the mean; null when nowhere by little.</summary>
        public (double Place, double Deviation)? Best()
        {
            if (!(_step > 0) || !double.IsFinite(_step)) return null;
            for (var i = 0; i <= Places; i++)
                if (At(_first + (i * _step)) is { } fit) _coarse.Add((_first + (i * _step), fit.Deviation));
            if (_coarse.Count == 0) return null;
            foreach (var dip in Dips().OrderBy(c => c.Deviation).Take(MostDips)) _found.Add(Refined(dip));
            var best = _found.MinBy(c => c.Deviation);
            return At(best.Place) is { } found && found.Deviation <= MostDeviationOfMove * found.Move ? best : null;
        }

        /// <summary>How far around a place the two differ by no more than what is allowed; null when that is too far to say anything, goes on to where they hardly touch, or holds somewhere else as well.</summary>
        public double? ReachOf(double place, double allowed)
        {
            if (At(place) is not { } here) return null;
            var most = MostOffOfCovered * here.Covered;
            if (Side(-1) is not { } before || Side(+1) is not { } after) return null;
            if (_coarse.Concat(_found).Any(c => c.Deviation <= allowed && (c.Place < place - before - _step || c.Place > place + after + _step))) return null;
            return Math.Max(before, after);

            double? Side(int sign)
            {
                const double growth = 1.25;
                for (var off = FinestSeconds; off <= most * growth; off *= growth)
                {
                    if (At(place + (sign * off)) is not { } there) return null;
                    if (there.Deviation > allowed) return off;
                }
                return null;
            }
        }

        /// <summary>Places that fit better than those next to them: a course that repeats itself has many.</summary>
        private IEnumerable<(double Place, double Deviation)> Dips()
        {
            for (var i = 0; i < _coarse.Count; i++)
                if ((i == 0 || _coarse[i].Deviation <= _coarse[i - 1].Deviation) && (i + 1 == _coarse.Count || _coarse[i].Deviation <= _coarse[i + 1].Deviation)) yield return _coarse[i];
        }

        /// <summary>The best place around one, found in ever smaller steps.</summary>
        private (double Place, double Deviation) Refined((double Place, double Deviation) near)
        {
            for (var step = _step / Finer; step > FinestSeconds / Finer; step /= Finer)
                for (var (center, i) = (near.Place, -Finer); i <= Finer; i++)
                    if (At(center + (i * step)) is { } fit && fit.Deviation < near.Deviation) near = (center + (i * step), fit.Deviation);
            return near;
        }

        /// <summary>Mean difference at a place, how far RSS moves between the snapshots compared, and how long they cover; null when the two hardly touch or RSS hardly moves.</summary>
        private (double Deviation, double Move, double Covered)? At(double place)
        {
            var (low, high) = (FirstFrom(at, place + times[0]), FirstFrom(at, Math.BitIncrement(place + times[^1])));
            if (high - low < LeastSnapshots || at[high - 1] - at[low] is var covered && covered < _leastCovered) return null;
            double sum = 0, least = double.MaxValue, most = double.MinValue;
            var (stride, count) = ((high - low + MostSnapshots - 1) / MostSnapshots, 0);
            for (var i = low; i < high; i += stride, count++)
            {
                var under = FirstFrom(times, Math.BitIncrement(at[i] - place)) - 1;
                sum += Math.Abs(rss[i] - resident[Math.Max(under, 0)]);
                (least, most) = (Math.Min(least, rss[i]), Math.Max(most, rss[i]));
            }
            return most - least < LeastMoveBytes ? null : (sum / count, most - least, covered);
        }

        /// <summary>The first place in a list in order that is not below a value.</summary>
        private static int FirstFrom(double[] values, double value)
        {
            var found = Array.BinarySearch(values, value);
            if (found < 0) return ~found;
            while (found > 0 && values[found - 1] == value) found--;
            return found;
        }
    }
}
