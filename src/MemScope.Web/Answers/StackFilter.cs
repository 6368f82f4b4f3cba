using MemScope.Core.Analysis.Callchains;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>
/// Terms that callchains must satisfy, all of them: <c>ucs_</c> wants a frame whose function or module contains it, <c>-decode</c> wants none. A term is a regular expression, or plain text when it is none.
/// </summary>
public sealed class StackFilter
{
    /// <summary>Most terms; further ones do not count.</summary>
    public const int MostTerms = 16;

    private readonly (TextPattern Pattern, bool IsNegative)[] _terms;

    /// <summary>A filter; blank terms do not count.</summary>
    public StackFilter(IEnumerable<string>? terms)
    {
        Terms = [.. (terms ?? []).Select(t => t.Trim()).Where(t => t.Length > 0 && t != "-").Distinct(StringComparer.Ordinal).Take(MostTerms)];
        _terms = [.. Terms.Select(t => t.StartsWith('-') ? (new TextPattern(t[1..]), true) : (new TextPattern(t), false))];
    }

    /// <summary>The filter that everything passes.</summary>
    public static StackFilter None { get; } = new(null);

    /// <summary>The terms as written.</summary>
    public IReadOnlyList<string> Terms { get; }

    /// <summary>Whether everything passes.</summary>
    public bool IsEmpty => _terms.Length == 0;

    /// <summary>Which chains pass.</summary>
    /// <param name="samples">Chains.</param>
    /// <param name="frames">Their frames by number.</param>
    public bool[] Keep(StackSamples samples, IReadOnlyList<FrameWire> frames)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(frames);
        var keep = new bool[samples.Count];
        Array.Fill(keep, true);
        foreach (var (pattern, isNegative) in _terms)
        {
            var found = new bool[frames.Count];
            for (var i = 0; i < found.Length; i++) found[i] = Matches(pattern, frames[i]);
            for (var chain = 0; chain < keep.Length; chain++)
            {
                if (!keep[chain]) continue;
                var has = false;
                foreach (var frame in samples.FramesOf(chain)) has |= found[frame];
                keep[chain] = has != isNegative;
            }
        }
        return keep;
    }

    /// <summary>Whether a frame's function or module contains a pattern.</summary>
    public static bool Matches(TextPattern pattern, FrameWire frame)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        ArgumentNullException.ThrowIfNull(frame);
        return (frame.Function is { } name && pattern.Matches(name)) || (frame.Module is { } module && pattern.Matches(Path.GetFileName(module)));
    }

    /// <summary>The term without which something would pass though nothing does with it, or null.</summary>
    /// <param name="samples">Chains.</param>
    /// <param name="frames">Their frames by number.</param>
    public string? Excluding(StackSamples samples, IReadOnlyList<FrameWire> frames) =>
        Terms.FirstOrDefault(term => new StackFilter(Terms.Where(t => t != term)).Keep(samples, frames).Contains(true));
}
