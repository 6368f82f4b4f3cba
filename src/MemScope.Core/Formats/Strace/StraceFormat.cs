using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Strace;

/// <summary>strace, with stacks where it was run with <c>-k</c>.</summary>
internal static class StraceFormat
{
    private const int LinesToLookAt = 200;

    /// <summary>The entry of the registry.</summary>
    public static InputFormat Format { get; } = new("strace", "strace", "strace -f -ttt -T -k -e trace=memory,process -o trace.txt -p PID", Sniff, StraceParser.Parse) { Family = FormatFamily.Traces };

    /// <summary>One line that only strace prints is enough: <c>name(…) = …</c>, <c>&lt;... name resumed></c>, <c>+++ exited with 0 +++</c>, <c>strace: Process N attached</c>.</summary>
    private static bool Sniff(ReadOnlySpan<byte> head)
    {
        var lines = new LineReader(head);
        while (lines.Next() && lines.Number <= LinesToLookAt)
        {
            if (lines.Line.StartsWith("strace: "u8) || StraceNotice.At(lines.Line) == 0) return true;
            if (lines.Line.StartsWith(StraceFrame.Mark)) continue;
            var body = StracePrefix.Read(lines.Line).Body;
            if (body.StartsWith("<... "u8) && body.IndexOf(" resumed>"u8) > 0) return true;
            if (body.StartsWith("+++ exited with "u8) || body.StartsWith("+++ killed by "u8) || body.StartsWith("--- SIG"u8)) return true;
            if (IsCall(body)) return true;
        }
        return false;
    }

    private static bool IsCall(ReadOnlySpan<byte> body)
    {
        var open = body.IndexOf((byte)'(');
        if (open <= 0) return false;
        foreach (var b in body[..open]) if (!char.IsAsciiLetterLower((char)b) && !char.IsAsciiDigit((char)b) && b != '_') return false;
        var result = body.LastIndexOf(" = "u8);
        return result > open ? body[..result].TrimEnd(" "u8).EndsWith(")"u8) : body.EndsWith("<unfinished ...>"u8);
    }
}
