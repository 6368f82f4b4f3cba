using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;

namespace MemScope.Web.Components.Elements;

/// <summary>Tells names of code from words.</summary>
public sealed partial class Said
{
    /// <summary>The sentence.</summary>
    [Parameter, EditorRequired] public required string Text { get; set; }

    /// <summary>The parts of a sentence: what stands between backticks, addresses of ten digits and more, and names with an underscore or two colons in them are code.</summary>
    public static IEnumerable<(string Text, bool IsCode)> Parts(string text)
    {
        var from = 0;
        foreach (Match match in Code().Matches(text))
        {
            if (match.Index > from) yield return (text[from..match.Index], false);
            var code = match.Value;
            yield return (code[0] == '`' ? code[1..^1] : code, true);
            from = match.Index + match.Length;
        }
        if (from < text.Length) yield return (text[from..], false);
    }

    // Without backtracking: the text may come from a hostile process.
    [GeneratedRegex(@"`[^`]+`|\b(0x[0-9a-f]{4,16}|[0-9a-f]{10,16}|[A-Za-z]\w*((<[^<>\s]{0,40}>)?::~?\w+)+(\(\))?|[A-Za-z]\w*_\w+(=\w+)?(\(\))?)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Code();
}
