using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Lineage;

/// <summary>A place that a piece of memory had, as a trace tells it. The places that one piece had lie in a row.</summary>
/// <param name="Range">Where.</param>
/// <param name="Since">UTC ticks since when, least when not known.</param>
/// <param name="Until">UTC ticks until when, greatest when not known.</param>
/// <param name="Follows">Whether the element before is the place that it had before.</param>
/// <param name="IsOrigin">Whether the trace saw it mapped there.</param>
/// <param name="Ended">Whether the trace saw it leave: to the next element where that follows, else it was unmapped.</param>
/// <param name="IsMapped">Whether the trace saw it mapped there, and perhaps grown or cut since.</param>
internal readonly record struct MovedPlace(AddressRange Range, long Since, long Until, bool Follows, bool IsOrigin, bool Ended, bool IsMapped)
{
    /// <summary>Whether the trace had wall times.</summary>
    public bool IsTimed => Since != long.MinValue || Until != long.MaxValue;

    /// <summary>Ticks between the time that it was there and a moment; 0 when it was there then.</summary>
    public long Off(DateTimeOffset at) => at.UtcTicks < Since ? Since - at.UtcTicks : at.UtcTicks > Until ? at.UtcTicks - Until : 0;

    /// <summary>Strings the records of one trace together in their order, and adds the places of each piece of memory one behind the other.</summary>
    public static void Chain(IReadOnlyList<TracedMove> records, List<MovedPlace> into)
    {
        var chains = new List<List<MovedPlace>>();
        var open = new Dictionary<ulong, List<MovedPlace>>();
        foreach (var r in records)
        {
            var ticks = r.At?.UtcTicks;
            if (r.From.IsEmpty)
            {
                chains.Add(open[r.To.Start] = [new(r.To, ticks ?? long.MinValue, long.MaxValue, Follows: false, IsOrigin: true, Ended: false, IsMapped: true)]);
                continue;
            }
            if (!open.Remove(r.From.Start, out var chain))
            {
                if (r.To.IsEmpty) continue;
                chains.Add(chain = [new(r.From, long.MinValue, long.MaxValue, Follows: false, IsOrigin: false, Ended: false, IsMapped: false)]);
            }
            var last = chain[^1] = chain[^1] with { Until = ticks ?? long.MaxValue, Ended = true };
            // Only its front goes, which lay there as long; or neighbours that came to lie in one line with it go along.
            if (last.Range != r.From) chain.Add(last with { Range = r.From, Follows = true, IsOrigin = false });
            if (r.To.IsEmpty) continue;
            chain.Add(new(r.To, ticks ?? long.MinValue, long.MaxValue, Follows: true, IsOrigin: false, Ended: false, IsMapped: chain[^1].IsMapped && r.To.Start == r.From.Start));
            open[r.To.Start] = chain;
        }
        foreach (var chain in chains) into.AddRange(chain);
    }
}
