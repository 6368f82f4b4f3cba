namespace MemScope.Core.Analysis.Outstanding;

/// <summary>Adds up per callchain; slot 0 is the events without a stack. Sums stop at the greatest number instead of running over.</summary>
internal sealed class CallchainTally(int callchains)
{
    private readonly long[] _calls = new long[callchains + 1];
    private readonly long[] _mapped = new long[callchains + 1];
    private readonly long[] _outstanding = new long[callchains + 1];
    private readonly int[] _blocks = new int[callchains + 1];

    /// <summary>Bytes mapped in all.</summary>
    public long MappedBytes { get; private set; }

    /// <summary>Bytes outstanding in all.</summary>
    public long OutstandingBytes { get; private set; }

    /// <summary>A call that mapped or grew memory.</summary>
    public void Called(int callchain, ulong bytes)
    {
        var slot = SlotOf(callchain);
        _calls[slot]++;
        _mapped[slot] = Add(_mapped[slot], bytes);
        MappedBytes = Add(MappedBytes, bytes);
    }

    /// <summary>A block that is left at the end.</summary>
    public void Left(int callchain, ulong bytes)
    {
        var slot = SlotOf(callchain);
        _blocks[slot]++;
        _outstanding[slot] = Add(_outstanding[slot], bytes);
        OutstandingBytes = Add(OutstandingBytes, bytes);
    }

    /// <summary>The callchains that mapped anything, most outstanding bytes first.</summary>
    public IReadOnlyList<CallchainTotals> ToList()
    {
        var totals = new List<CallchainTotals>();
        for (var slot = 0; slot < _calls.Length; slot++)
        {
            if (_calls[slot] > 0 || _blocks[slot] > 0) totals.Add(new CallchainTotals(slot - 1, _calls[slot], _mapped[slot], _outstanding[slot], _blocks[slot]));
        }
        return totals.OrderByDescending(t => t.OutstandingBytes).ThenByDescending(t => t.MappedBytes).ThenBy(t => t.Callchain).ToArray();
    }

    private int SlotOf(int callchain) => callchain >= 0 && callchain < _calls.Length - 1 ? callchain + 1 : 0;

    private static long Add(long sum, ulong bytes) => bytes > (ulong)(long.MaxValue - sum) ? long.MaxValue : sum + (long)bytes;
}
