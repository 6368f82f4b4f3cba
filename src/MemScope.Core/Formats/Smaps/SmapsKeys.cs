using System.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Smaps;

/// <summary>Finds the metric of a smaps key. Every mapping prints its keys in the same order, so the key that followed last time is tried first.</summary>
internal sealed class SmapsKeys
{
    private static readonly byte[][] Names = [.. Enumerable.Range(0, Metrics.Count).Select(m => Encoding.ASCII.GetBytes(((Metric)m).SmapsName()))];
    private readonly int[] _follower = Enumerable.Repeat(-1, Metrics.Count + 1).ToArray();
    private int _last = Metrics.Count;

    /// <summary>The next key will be the first of a mapping.</summary>
    public void Restart() => _last = Metrics.Count;

    /// <summary>The metric of <paramref name="key"/>, or null for one that is not known. <see cref="Metric.Dirty"/> is no smaps key.</summary>
    public Metric? Find(ReadOnlySpan<byte> key)
    {
        var guess = _follower[_last];
        if (guess < 0 || !key.SequenceEqual(Names[guess])) guess = Search(key);
        if (guess < 0) return null;
        _follower[_last] = guess;
        _last = guess;
        return (Metric)guess;
    }

    private static int Search(ReadOnlySpan<byte> key)
    {
        for (var m = 0; m < Names.Length; m++)
            if ((Metric)m != Metric.Dirty && key.SequenceEqual(Names[m])) return m;
        return -1;
    }
}
