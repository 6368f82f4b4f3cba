using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Lineage;

/// <summary>A place that a piece of memory had, as a trace tells it. The places that one piece had lie in a row.</summary>
/// <param name="Range">Where.</param>
/// <param name="Since">UTC ticks since when, least when not known.</param>
/// <param name="Until">UTC ticks until when, greatest when not known.</param>
/// <param name="Follows">Whether the element before is the place that it had before.</param>
/// <param name="IsOrigin">Whether the trace saw it mapped there.</param>
/// <param name="Ended">Whether the trace saw it leave: to the next element where that follows, else it was unmapped.</param>
internal readonly record struct MovedPlace(AddressRange Range, long Since, long Until, bool Follows, bool IsOrigin, bool Ended)
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
                chains.Add(open[r.To.Start] = [new(r.To, ticks ?? long.MinValue, long.MaxValue, Follows: false, IsOrigin: true, Ended: false)]);
                continue;
            }
            if (!open.Remove(r.From.Start, out var chain))
            {
                if (r.To.IsEmpty) continue;
                chains.Add(chain = [new(r.From, long.MinValue, long.MaxValue, Follows: false, IsOrigin: false, Ended: false)]);
            }
            // It may have grown in place since it came there.
            var last = chain[^1];
            chain[^1] = last with { Range = new(last.Range.Start, Math.Max(last.Range.End, r.From.End)), Until = ticks ?? long.MaxValue, Ended = true };
            if (r.To.IsEmpty) continue;
            chain.Add(new(r.To, ticks ?? long.MinValue, long.MaxValue, Follows: true, IsOrigin: false, Ended: false));
            open[r.To.Start] = chain;
        }
        foreach (var chain in chains) into.AddRange(chain);
    }
}
