using System.Text;
using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Pmap;

/// <summary>A word of the line of titles. pmap pads its columns by the bytes of the titles, translated ones too (procps, justify_print).</summary>
/// <param name="Text">The word, a char for each byte.</param>
/// <param name="Start">Byte of the line that it begins at.</param>
internal readonly record struct PmapTitle(string Text, int Start)
{
    /// <summary>Kernels print less than thirty keys; a longer row of words is none of titles.</summary>
    private const int MaxWords = 100;

    /// <summary>Byte of the line behind it.</summary>
    public int End => Start + Text.Length;

    /// <summary>The words of a line.</summary>
    public static List<PmapTitle> Split(ReadOnlySpan<byte> titles)
    {
        var words = new List<PmapTitle>();
        var cursor = new ByteCursor(titles);
        for (cursor.SkipBlanks(); !cursor.IsAtEnd && words.Count < MaxWords; cursor.SkipBlanks())
        {
            var start = titles.Length - cursor.Rest.Length;
            words.Add(new PmapTitle(Encoding.Latin1.GetString(cursor.Word()), start));
        }
        return words;
    }
}
