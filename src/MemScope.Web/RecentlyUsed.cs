using System.Diagnostics.CodeAnalysis;

namespace MemScope.Web;

/// <summary>The values asked for last, as many as fit into a budget; the least recently used goes first, and the newest stays however much it takes. Safe to use from several threads.</summary>
/// <param name="most">The budget, in the unit of the costs.</param>
internal sealed class RecentlyUsed<TKey, TValue>(long most) where TKey : IEquatable<TKey> where TValue : class
{
    private readonly Lock _gate = new();
    private readonly LinkedList<(TKey Key, TValue Value, long Cost)> _kept = [];
    private long _cost;

    /// <summary>Finds a value and marks it as just used.</summary>
    public bool TryGet(TKey key, [NotNullWhen(true)] out TValue? value)
    {
        lock (_gate)
        {
            value = null;
            for (var node = _kept.First; node is not null; node = node.Next)
            {
                if (!node.Value.Key.Equals(key)) continue;
                _kept.Remove(node);
                _kept.AddFirst(node);
                value = node.Value.Value;
                return true;
            }
            return false;
        }
    }

    /// <summary>Keeps a value. One that somebody else made meanwhile stays.</summary>
    public void Keep(TKey key, TValue value, long cost)
    {
        lock (_gate)
        {
            if (TryGet(key, out _)) return;
            _kept.AddFirst((key, value, cost));
            _cost += cost;
            while (_kept.Count > 1 && _cost > most)
            {
                _cost -= _kept.Last!.Value.Cost;
                _kept.RemoveLast();
            }
        }
    }
}
