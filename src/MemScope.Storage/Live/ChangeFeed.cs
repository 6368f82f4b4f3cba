namespace MemScope.Storage.Live;

/// <summary>Tells that a process changed, on whichever node the upload came in (LISTEN/NOTIFY). Carries ids only: readers query again.</summary>
public sealed class ChangeFeed
{
    /// <summary>Calls <paramref name="changed"/> with the process' <c>ChangeSeq</c> after each change until the result is disposed. Called on a pool thread; must not throw or block.</summary>
    public IDisposable Subscribe(Guid process, Action<long> changed) => throw new NotSupportedException();

    /// <summary>The same for every process.</summary>
    public IDisposable SubscribeAll(Action<Guid, long> changed) => throw new NotSupportedException();
}
