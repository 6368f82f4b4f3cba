namespace MemScope.Core.Analysis;

/// <summary>A line that says something: the head of a section, or a key with its values.</summary>
/// <param name="Number">Its number in the file, from 1.</param>
/// <param name="Head">The head with its brackets, <c>[brk-heap]</c> or <c>[[check]]</c>; null for a key.</param>
/// <param name="Key">The key, empty for a head.</param>
/// <param name="Text">All of it, trimmed.</param>
internal readonly record struct TomlLine(int Number, string? Head, string Key, string Text)
{
    /// <summary>What stands behind the equals sign: one text or several.</summary>
    /// <exception cref="FormatException">It is neither a text in quotes nor a list of them.</exception>
    public string[] Values => TomlText.Values(Text[(Text.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim());
}

/// <summary>
/// The small part of TOML that the data files of the product are written in: <c>[head]</c>, <c>key = "text"</c>, <c>key = ["text", "text"]</c> (a list may go on over lines until the one
/// that ends with its bracket), <c># comment</c> lines.
/// </summary>
internal static class TomlText
{
    /// <summary>The lines that say something, in order.</summary>
    /// <exception cref="RuleFileException">A line is neither a head nor a key.</exception>
    public static IEnumerable<TomlLine> Lines(string text)
    {
        var (number, begun, open) = (0, 0, "");
        foreach (var raw in text.Split('\n'))
        {
            number++;
            var line = raw.Trim();
            if (line.Length == 0 || line[0] == '#') continue;
            if (open.Length > 0) line = $"{open} {line}";
            else begun = number;
            if (line[0] == '[')
            {
                yield return new(number, line, "", line);
                continue;
            }
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0) throw new RuleFileException(number, "neither a comment, nor [a rule], nor key = value");
            open = line[(equals + 1)..].TrimStart() is ['[', ..] && line[^1] != ']' ? line : "";
            if (open.Length == 0) yield return new(begun, null, line[..equals].TrimEnd(), line);
        }
        if (open.Length > 0) throw new RuleFileException(begun, "the list has no end: ]");
    }

    /// <summary>One quoted text, or several between brackets. There is no way to write a quote inside one: nothing needs it.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static string[] Values(string text)
    {
        if (text is not ['[', .. var list, ']']) return [Quoted(text)];
        if (list.AsSpan().Trim().IsEmpty) return [];
        return Array.ConvertAll(list.TrimEnd().TrimEnd(',').Split("\",", StringSplitOptions.TrimEntries), part => Quoted(part.EndsWith('"') && part.Length > 1 ? part : part + '"'));
    }

    /// <summary>The only value.</summary>
    /// <exception cref="FormatException">There is none or more than one.</exception>
    public static string One(string[] values) => values.Length == 1 ? values[0] : throw new FormatException("takes one value");

    private static string Quoted(string text) =>
        text is ['"', .. var inside, '"'] && inside.Length > 0 && !inside.Contains('"', StringComparison.Ordinal) ? inside : throw new FormatException($"a text in quotes is needed, not {text}");
}
