using MemScope.Core;

namespace MemScope.Web.Live;

/// <summary>Counts the pages that are open: each has a circuit, which holds what it shows. One that lost its browser counts until it is given up, three minutes at most.</summary>
internal sealed class OpenCircuits(Limits limits)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _bySession = new(StringComparer.Ordinal);

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Whether there is no room for another one.</summary>
    /// <param name="session">Whose it would be; null where nobody has to sign in.</param>
    public bool IsFull(string? session)
    {
        lock (_lock) return Count >= limits.Circuits || (session is not null && _bySession.GetValueOrDefault(session) >= limits.CircuitsOfSession);
    }

    /// <summary>Counts one in; false where there is no room.</summary>
    public bool TryEnter(string? session)
    {
        lock (_lock)
        {
            if (IsFull(session)) return false;
            Count++;
            if (session is not null) _bySession[session] = _bySession.GetValueOrDefault(session) + 1;
            return true;
        }
    }

    /// <summary>Counts one out.</summary>
    public void Leave(string? session)
    {
        lock (_lock)
        {
            Count--;
            if (session is null) return;
            if (_bySession[session] == 1) _bySession.Remove(session);
            else _bySession[session]--;
        }
    }
}
