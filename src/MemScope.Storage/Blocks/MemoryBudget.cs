namespace MemScope.Storage.Blocks;

/// <summary>Memory that reading one value may take in all: a damaged value must not take the server down.</summary>
internal sealed class MemoryBudget(long bytes)
{
    private long _left = bytes;

    /// <summary>Accounts for memory about to be allocated.</summary>
    /// <exception cref="InvalidDataException">It is more than what is left.</exception>
    public void Take(long bytes)
    {
        if ((_left -= bytes) < 0) throw new InvalidDataException("the value asks for more memory than it may take");
    }

    /// <summary>The same for <paramref name="count"/> things of <paramref name="bytesEach"/>; returns the count.</summary>
    public int Take(int count, int bytesEach)
    {
        Take((long)count * bytesEach);
        return count;
    }
}
