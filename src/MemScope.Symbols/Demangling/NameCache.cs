using System.Diagnostics.CodeAnalysis;

namespace MemScope.Symbols.Demangling;

/// <summary>The names asked for last, bounded by the characters they take.</summary>
internal sealed class NameCache(long mostCharacters)
{
    private readonly Dictionary<string, LinkedListNode<(string Name, string Demangled)>> _byName = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Name, string Demangled)> _byUse = new();
    private readonly Lock _lock = new();
    private long _characters;

    /// <summary>Characters held.</summary>
    public long Characters
    {
        get { lock (_lock) return _characters; }
    }

    public bool TryGet(string name, [NotNullWhen(true)] out string? demangled)
    {
        lock (_lock)
        {
            demangled = null;
            if (!_byName.TryGetValue(name, out var node)) return false;
            _byUse.Remove(node);
            _byUse.AddFirst(node);
            demangled = node.Value.Demangled;
            return true;
        }
    }

    public void Add(string name, string demangled)
    {
        lock (_lock)
        {
            if (_byName.ContainsKey(name)) return;
            _byName[name] = _byUse.AddFirst((name, demangled));
            _characters += name.Length + demangled.Length;
            while (_characters > mostCharacters && _byUse.Last is { } oldest)
            {
                _byUse.RemoveLast();
                _byName.Remove(oldest.Value.Name);
                _characters -= oldest.Value.Name.Length + oldest.Value.Demangled.Length;
            }
        }
    }
}
