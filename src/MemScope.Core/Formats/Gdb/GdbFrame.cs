using MemScope.Core.Formats.Text;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Gdb;

/// <summary>
/// A frame of gdb's <c>bt</c>:
/// <code>
/// #0  syscall () at ../sysdeps/unix/sysv/linux/x86_64/syscall.S:30
/// #1  0x0000557ba1a138c4 in raw_map (len=98304) at /src/raw_mmap_leak.c:13
/// #2  blob_store_append (n=n@entry=526) at /src/raw_mmap_leak.c:18
/// #3  0x00007faad4ec7545 in operator new(unsigned long) () from /lib/x86_64-linux-gnu/libstdc++.so.6
/// #4  0x00007faad4ec7545 in ?? ()
/// #5  &lt;signal handler called>
/// </code>
/// Arguments may hold quotes and parentheses. A frame without an address (but the first) is the function into which the one before it was inlined.
/// </summary>
internal static class GdbFrame
{
    /// <summary>Whether a line is the rest of a frame that gdb broke at the terminal's width: indented by four blanks. What <c>bt full</c> prints of a frame is indented by eight.</summary>
    public static bool IsContinued(ReadOnlySpan<byte> line) => line.StartsWith("    "u8) && line is [_, _, _, _, not (byte)' ', ..];

    /// <summary>A stack with each broken frame on one line.</summary>
    public static byte[] JoinBroken(ReadOnlySpan<byte> stack)
    {
        var joined = new List<byte>(stack.Length);
        var lines = new LineReader(stack);
        while (lines.Next())
        {
            if (IsContinued(lines.Line)) joined.Add((byte)' ');
            else if (joined.Count > 0) joined.Add((byte)'\n');
            joined.AddRange(lines.Line.TrimStart(" "u8));
        }
        return [.. joined];
    }

    /// <summary>Whether a line begins a frame; <paramref name="level"/> is its number.</summary>
    public static bool IsFrame(ReadOnlySpan<byte> line, out ulong level)
    {
        level = 0;
        var cursor = new ByteCursor(line);
        return cursor.TrySkip("#"u8) && cursor.TryDecimal(out level) && cursor.Next == ' ';
    }

    /// <summary>Reads one line; null when it is no frame.</summary>
    public static RawFrame? Read(ReadOnlySpan<byte> line, NameTable names)
    {
        if (!IsFrame(line, out _)) return null;
        var cursor = new ByteCursor(line[1..].TrimEnd(" "u8));
        cursor.TryDecimal(out _);
        cursor.SkipBlanks();
        var start = cursor;
        var hasAddress = cursor.TrySkip("0x"u8) & cursor.TryHex(out var address) && cursor.TrySkip(" in "u8);
        if (!hasAddress) cursor = start;
        var text = cursor.Rest;
        var frame = new RawFrame
        {
            Address = hasAddress ? address : 0,
            AddressKind = hasAddress ? FrameAddressKind.Absolute : FrameAddressKind.None,
            Function = Function(text, names),
        };
        return WithPlace(frame, text, names);
    }

    /// <summary>Marks the frames that were inlined into the next one, and drops nothing: gdb prints no address for the function that holds the inlined code.</summary>
    public static void MarkInlined(List<RawFrame> frames)
    {
        for (var i = 0; i + 1 < frames.Count; i++)
        {
            if (frames[i + 1] is { AddressKind: FrameAddressKind.None, Function: not "<signal handler called>" }) frames[i] = frames[i] with { Inlined = true };
        }
    }

    private static string? Function(ReadOnlySpan<byte> text, NameTable names)
    {
        var end = ArgumentsAt(text);
        var name = end < 0 ? text : text[..end];
        return name.IsEmpty || name.SequenceEqual("??"u8) ? null : names.Get(name);
    }

    private static RawFrame WithPlace(RawFrame frame, ReadOnlySpan<byte> text, NameTable names)
    {
        var at = text.LastIndexOf(") at "u8);
        if (at >= 0)
        {
            var (file, line) = SourceLine.Read(text[(at + 5)..], names);
            return frame with { File = file, Line = line };
        }
        var from = text.LastIndexOf(") from "u8);
        return from >= 0 ? frame with { Module = names.Get(text[(from + 7)..]) } : frame;
    }

    // The arguments are the first group in parentheses with a blank before it that is not inside <…> or another group: "operator new(unsigned long) ()".
    private static int ArgumentsAt(ReadOnlySpan<byte> text)
    {
        var depth = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '(' && depth == 0 && i > 0 && text[i - 1] == ' ') return i - 1;
            if (text[i] == '(' || (text[i] == '<' && !text[..i].EndsWith("operator"u8) && !text[..i].EndsWith("operator<"u8))) depth++;
            else if (text[i] == ')' || (text[i] == '>' && !IsOperatorGreater(text[..i]))) depth = Math.Max(depth - 1, 0);
        }
        return text.IndexOf(" ("u8);
    }

    private static bool IsOperatorGreater(ReadOnlySpan<byte> before) =>
        before.EndsWith("operator"u8) || before.EndsWith("operator-"u8) || before.EndsWith("operator>"u8);
}
