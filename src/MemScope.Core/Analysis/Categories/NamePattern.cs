namespace MemScope.Core.Analysis.Categories;

/// <summary>A pattern over a name: <c>*</c> at its begin or end stands for anything, <c>#</c> at its end for one digit or more; everything else is itself.</summary>
internal readonly struct NamePattern
{
    private readonly bool _anyBefore, _anyBehind, _digits;

    /// <summary>Takes a pattern apart; without <paramref name="digits"/> <c>#</c> is itself.</summary>
    public NamePattern(string pattern, bool digits = true)
    {
        Text = pattern;
        _anyBefore = pattern is ['*', _, ..];
        _anyBehind = pattern is [.., '*'];
        _digits = digits && pattern is [.., '#'];
        Fixed = pattern[(_anyBefore ? 1 : 0)..(_anyBehind || _digits ? ^1 : ^0)];
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>Its part that is neither <c>*</c> nor <c>#</c>.</summary>
    public string Fixed { get; }

    /// <summary>Whether names that match may begin with anything.</summary>
    public bool BeginsAnyhow => _anyBefore;

    /// <summary>Whether a name matches, case and all.</summary>
    public bool Matches(ReadOnlySpan<char> name)
    {
        if (_digits) return name.Length > Fixed.Length && name.StartsWith(Fixed, StringComparison.Ordinal) && !name[Fixed.Length..].ContainsAnyExceptInRange('0', '9');
        if (_anyBefore) return _anyBehind ? name.Contains(Fixed, StringComparison.Ordinal) : name.EndsWith(Fixed, StringComparison.Ordinal);
        return _anyBehind ? name.StartsWith(Fixed, StringComparison.Ordinal) : name.SequenceEqual(Fixed);
    }
}
