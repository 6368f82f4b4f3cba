using System.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Smaps;

/// <summary>Finds the metric of a smaps key. Every mapping prints its keys in the same order, so the key that followed last time is tried first.</summary>
internal sealed class SmapsKeys
{
    private static readonly byte[][] Names = NamesOfMetrics();

    /// <summary>By metric, one more than the metric that followed it last time; 0 where none did.</summary>
    private readonly sbyte[] _follower = new sbyte[Metrics.Count + 1];
    private int _last = Metrics.Count;

    /// <summary>The next key will be the first of a mapping.</summary>
    public void Restart() => _last = Metrics.Count;

    /// <summary>The metric of <paramref name="key"/>, or null for one that is not known. <see cref="Metric.Dirty"/> is no smaps key.</summary>
    public Metric? Find(ReadOnlySpan<byte> key)
    {
        var guess = _follower[_last] - 1;
        if (guess < 0 || !key.SequenceEqual(Names[guess])) guess = Search(key);
        if (guess < 0) return null;
        _follower[_last] = (sbyte)(guess + 1);
        _last = guess;
        return (Metric)guess;
    }

    private static byte[][] NamesOfMetrics()
    {
        var names = new byte[Metrics.Count][];
        for (var m = 0; m < names.Length; m++) names[m] = Encoding.ASCII.GetBytes(((Metric)m).SmapsName());
        return names;
    }

    private static int Search(ReadOnlySpan<byte> key)
    {
        for (var m = 0; m < Names.Length; m++)
            if ((Metric)m != Metric.Dirty && key.SequenceEqual(Names[m])) return m;
        return -1;
    }
}
